import { z } from 'zod';
import type { Credential } from '#vc';
import type { StatusPointer } from './domain/evidence.js';

const INDEX_MAX = 2 ** 31 - 1;

const Entry = z.looseObject({
  type: z.literal('BitstringStatusListEntry'),
  statusPurpose: z.string(),
  /** A string by the specification; some write a number. */
  statusListIndex: z.coerce.string().regex(/^\d{1,10}$/u),
  statusListCredential: z.string(),
});

/**
 * Where a credential says its revocation is published (Bitstring Status List 1.0 §2.1). It is
 * `here` only in a list of the issuer itself: nobody can withdraw, or keep alive, for another.
 */
export const statusPointer = (
  credential: Credential,
  listsUrl: string,
  issuer: string | undefined,
): StatusPointer => {
  const entries: readonly unknown[] = [credential['credentialStatus'] ?? []].flat();
  if (entries.length === 0) return { kind: 'absent' };
  const parsed = entries.map((entry) => Entry.safeParse(entry).data);
  if (parsed.some((entry) => entry === undefined)) return { kind: 'unreadable' };
  const entry = parsed.find((candidate) => candidate?.statusPurpose === 'revocation');
  if (!entry) return { kind: 'unreadable' };
  const { statusListCredential: url, statusListIndex } = entry;
  const listId = url.startsWith(listsUrl) ? url.slice(listsUrl.length) : '';
  if (issuer === undefined || !new RegExp(`^${issuer}\\.\\d+$`, 'u').test(listId))
    return { kind: 'elsewhere' };
  const index = Number(statusListIndex);
  return index > INDEX_MAX ? { kind: 'unreadable' } : { kind: 'here', listId, index };
};
