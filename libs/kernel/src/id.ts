const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Base32 (RFC 4648 §6, lower case, no padding). */
export const base32 = (bytes: Uint8Array): string => {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET.charAt((value << (5 - bits)) & 31) : text;
};

const pool = new Uint8Array(4_096);
let poolUsed = pool.length;

/**
 * `count` (at most 4,096) bytes of the system's random generator. It is asked for many at once, as
 * asking costs twenty times as much as they do; none is given out twice.
 */
export const randomOctets = (count: number): Uint8Array => {
  if (poolUsed + count > pool.length) {
    crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  poolUsed += count;
  return pool.slice(poolUsed - count, poolUsed);
};

export type IdPrefix =
  | 'evt'
  | 'crd'
  | 'shr'
  | 'rec'
  | 'ver'
  | 'per'
  | 'ach'
  | 'pst'
  | 'clm'
  | 'mrg'
  | 'imp'
  | 'dlv'
  | 'lit';

/** A public, opaque, unguessable id: a prefix that says what it names, and 128 random bits. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${base32(randomOctets(16))}`;

/** A learner's pseudonym: random, so that nothing about the learner can be computed from it. */
export const newAlias = (): string => `urn:lrn:${base32(randomOctets(20))}`;
