import { createHash, randomBytes } from 'node:crypto';
import { base32 } from '#kernel';

const CLAIM_CODE_BYTES = 10;
const GROUP = /.{4}/gu;

/** Hash of a secret with enough randomness of its own (80 bits and more): no salt is needed. */
export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * 256 random bits, for links and for machines. Hexadecimal: one that began with a hyphen would be
 * taken for an option by the command it is given to.
 */
export const newSecret = (): string => randomBytes(32).toString('hex');

/** A code for people: 16 letters and digits in groups of four, 80 random bits. */
export const newClaimCode = (): string =>
  (base32(randomBytes(CLAIM_CODE_BYTES)).toUpperCase().match(GROUP) ?? []).join('-');

/** What somebody typed, without what does not matter: case, spaces and dashes; 0, 1 and 8 are
 *  not in the alphabet, so they are read as the letters they look like. */
export const normaliseClaimCode = (typed: string): string => {
  const letters = typed
    .toUpperCase()
    .replace(/[\s-]+/gu, '')
    .replace(/0/gu, 'O')
    .replace(/1/gu, 'I')
    .replace(/8/gu, 'B');
  return (letters.match(GROUP) ?? [letters]).join('-');
};
