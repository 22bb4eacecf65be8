import { HASH_BYTES } from './hash.js';

/** That an entry is in a log, checkable by itself (C2SP tlog-proof v1). */
export interface TlogProof {
  /** Number of the entry, from 0. */
  readonly index: number;
  /** From the leaf's sibling up (RFC 9162 §2.1.3.1). */
  readonly hashes: readonly Uint8Array[];
  /** The signed note of the checkpoint in whose tree it is, verbatim. */
  readonly checkpoint: string;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (?<index>0|[1-9]\d{0,15})$/u;
const HASHES_MAX = 63;

/** The text of a `.tlog-proof` file. */
export const formatTlogProof = ({ index, hashes, checkpoint }: TlogProof): string =>
  [
    FIRST_LINE,
    `index ${index}`,
    ...hashes.map((hash) => Buffer.from(hash).toString('base64')),
    '',
    checkpoint,
  ].join('\n');

/** Reads such a text; an `extra` line is let be. Checks its form only. Throws if it is none. */
export const parseTlogProof = (text: string): TlogProof => {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = Number(INDEX.exec(lines.shift() ?? '')?.groups?.['index'] ?? Number.NaN);
  if (first !== FIRST_LINE || !Number.isSafeInteger(index) || lines.length > HASHES_MAX)
    throw new Error('not a proof of a transparency log');
  return { index, hashes: lines.map(parseHash), checkpoint: text.slice(end + 2) };
};

/** A hash in base64, as these formats write it. Throws for anything else. */
export const parseHash = (line: string): Buffer => {
  const hash = Buffer.from(line, 'base64');
  if (hash.length !== HASH_BYTES || hash.toString('base64') !== line)
    throw new Error('not a hash in base64');
  return hash;
};
