import { createHash, hash } from 'node:crypto';

export const HASH_BYTES = 32;
const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

/** The hash of an entry: SHA-256(0x00 ‖ entry), RFC 6962 §2.1. */
export const leafHash = (entry: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([LEAF, entry]), 'buffer');

/** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');

/** The root of the empty tree: SHA-256 of nothing. */
export const EMPTY_ROOT = createHash('sha256').digest();
