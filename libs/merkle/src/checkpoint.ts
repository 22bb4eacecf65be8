import { HASH_BYTES } from './hash.js';

/** What a log states of itself (C2SP tlog-checkpoint v1.0.0). */
export interface Checkpoint {
  /** Names the log; the name of the key that signs. */
  readonly origin: string;
  readonly size: number;
  /** Root of the tree of that size, 32 bytes. */
  readonly root: Uint8Array;
}

const SIZE = /^(?:0|[1-9]\d{0,15})$/u;

/** The text of a checkpoint, to be signed as a note. Throws if the values cannot be one. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string => {
  if (origin === '' || origin.includes('\n')) throw new Error('an origin is one line');
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('a size is a whole number');
  if (root.length !== HASH_BYTES) throw new Error(`a root has ${HASH_BYTES} bytes`);
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
};

/** Reads the text of a checkpoint; lines of extensions are let be. Throws if it is none. */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', size = '', encoded = '', ...rest] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  if (
    origin === '' ||
    !SIZE.test(size) ||
    !Number.isSafeInteger(Number(size)) ||
    root.length !== HASH_BYTES ||
    root.toString('base64') !== encoded ||
    rest.pop() !== '' ||
    rest.includes('')
  )
    throw new Error('not a checkpoint');
  return { origin, size: Number(size), root };
};
