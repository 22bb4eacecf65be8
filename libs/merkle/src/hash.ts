import { createHash, hash } from 'node:crypto';

export const HASH_BYTES = 32;
const LEAF = 0x00;
const NODE = 0x01;
/** Where the prefix and what follows are put together, instead of in a new Buffer each time. */
let scratch = Buffer.allocUnsafe(65_536);

/** SHA-256. Taken out as text: Node takes three times as long to hand out a Buffer of its own. */
const sha256 = (bytes: Uint8Array): Buffer =>
  Buffer.from(hash('sha256', bytes, 'binary'), 'binary');

/** The hash of an entry: SHA-256(0x00 ‖ entry), RFC 6962 §2.1. */
export const leafHash = (entry: Uint8Array): Buffer => {
  const length = 1 + entry.length;
  if (length > scratch.length) scratch = Buffer.allocUnsafe(2 * length);
  scratch[0] = LEAF;
  scratch.set(entry, 1);
  return sha256(scratch.subarray(0, length));
};

/** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => {
  scratch[0] = NODE;
  scratch.set(left, 1);
  scratch.set(right, 1 + left.length);
  return sha256(scratch.subarray(0, 1 + left.length + right.length));
};

/** The root of the empty tree: SHA-256 of nothing. */
export const EMPTY_ROOT = createHash('sha256').digest();
