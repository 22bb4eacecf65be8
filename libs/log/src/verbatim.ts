import { z } from 'zod';
import { isEntryKind, type Message, topicOf } from '#contracts';

/** An entry for who passes it on: its envelope, and its content as the text that was stored. */
export interface VerbatimEntry extends Omit<Message, 'data' | 'sealed'> {
  /** A JSON object: `data` and, where there is something sealed, `sealed` in base64url. */
  readonly content: string;
}

/** The content of an entry that was taken apart before. */
export const contentOf = ({ data, sealed }: Pick<Message, 'data' | 'sealed'>): string =>
  JSON.stringify({
    data,
    ...(sealed && { sealed: Buffer.from(sealed).toString('base64url') }),
  });

const Envelope = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  kind: z.string().refine(isEntryKind),
  time: z.string(),
  recordedAt: z.string(),
  provider: z.string().exactOptional(),
  alias: z.string().exactOptional(),
  stream: z.string().exactOptional(),
  version: z.number().exactOptional(),
  contentMac: z.string().exactOptional(),
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
  const {
    v: _v,
    contentMac: _contentMac,
    ...envelope
  } = Envelope.parse(JSON.parse(`${leaf.slice(0, at)}}`));
  return { ...envelope, topic: topicOf[envelope.kind], content: `{${leaf.slice(at + 1)}` };
};
