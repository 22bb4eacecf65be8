import { createHash } from 'node:crypto';
import { base32 } from '#kernel';

const ID_BYTES = 16;

/**
 * The id of the credential that certifies something, derived from its cause (`earnedId`, `caseId`):
 * however often a message comes, it leads to one credential.
 */
export const credentialIdOf = (purpose: 'achievement' | 'recognition', basis: string): string => {
  const digest = createHash('sha256').update(`${purpose}|${basis}`).digest();
  return `crd_${base32(digest.subarray(0, ID_BYTES))}`;
};
