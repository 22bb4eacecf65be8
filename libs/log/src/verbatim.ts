import { type Message, topicOf } from '#contracts';
import { parseLeaf } from './leaf.js';
import type { VerbatimEntry } from './log.js';

/** The content of an entry that was taken apart before. */
export const contentOf = ({ data, sealed }: Pick<Message, 'data' | 'sealed'>): string =>
  JSON.stringify({
    data,
    ...(sealed && { sealed: Buffer.from(sealed).toString('base64url') }),
  });

/** Where the content of a leaf begins: no string in JSON holds a quote that is not escaped. */
const CONTENT = ',"data":';

/**
 * Takes a leaf apart in two: the envelope is read, the content stays as it is. Half the work of
 * `decodeLeaf`, and none of it grows with the content. Throws if the envelope is not of ours.
 */
export const splitLeaf = (leaf: string): Omit<VerbatimEntry, 'log' | 'seq'> => {
  const at = leaf.indexOf(CONTENT);
  if (at < 0) throw new SyntaxError('a leaf without content');
  const { id, kind, time, recordedAt, provider, alias, stream, version } = parseLeaf(
    `${leaf.slice(0, at)},"data":{}}`,
  );
  return {
    id,
    kind,
    topic: topicOf[kind],
    time,
    recordedAt,
    ...(provider !== undefined && { provider }),
    ...(alias !== undefined && { alias }),
    ...(stream !== undefined && { stream }),
    ...(version !== undefined && { version }),
    content: `{${leaf.slice(at + 1)}`,
  };
};
