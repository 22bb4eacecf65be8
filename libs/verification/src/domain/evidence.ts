import type { Check } from '#contracts';
import { check, day } from './check.js';
import type { CheckCode } from './check-table.js';

/** What we know of the issuer that a credential names. */
export type IssuerEvidence =
  | { readonly kind: 'registered'; readonly name: string }
  /** We hold its key; its registration comes by another topic. */
  | { readonly kind: 'not-yet-here' }
  | { readonly kind: 'unknown' };

export const issuerCheck = (issuer: IssuerEvidence): Check => {
  if (issuer.kind === 'registered') return check('issuer-registered', { name: issuer.name });
  return check(issuer.kind === 'unknown' ? 'issuer-unknown' : 'issuer-not-yet-here');
};

/** What a credential says of where its status is published. */
export type StatusPointer =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'here'; readonly listId: string; readonly index: number };

export interface Revocation {
  readonly revokedAt: string;
  readonly reason: string;
}

export const statusCheck = (pointer: StatusPointer, revocation: Revocation | undefined): Check => {
  if (pointer.kind === 'here')
    return revocation
      ? check('withdrawn', { day: day(revocation.revokedAt), reason: revocation.reason })
      : check('in-force');
  return check(`status-${pointer.kind}`);
};

const DATE_TIME_STAMP = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u;

/** A point in time of VC Data Model 2.0 §4.9 (XSD dateTimeStamp: the offset is required). */
const readTime = (value: unknown): string | undefined =>
  typeof value === 'string' && DATE_TIME_STAMP.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export const datesCheck = (credential: Readonly<Record<string, unknown>>, now: Date): Check => {
  const from = readTime(credential['validFrom']);
  const until = readTime(credential['validUntil']);
  if (from === undefined || (until === undefined && credential['validUntil'] !== undefined))
    return check('dates-unreadable');
  const days = { from: day(from), ...(until === undefined ? {} : { until: day(until) }) };
  if (Date.parse(from) > now.getTime()) return check('not-yet-valid', days);
  if (until === undefined) return check('no-end-date', days);
  return check(Date.parse(until) < now.getTime() ? 'expired' : 'within-dates', days);
};

/** What this ledger recorded under the id of a credential. */
export interface LedgerEvidence {
  readonly issuedHere: boolean;
  /** SHA-256 of what was issued under this id; undefined if there is no record of it. */
  readonly recordedDigest?: string | undefined;
  readonly digest: string;
}

export const ledgerCheck = ({ issuedHere, recordedDigest, digest }: LedgerEvidence): Check => {
  if (recordedDigest !== undefined)
    return check(recordedDigest === digest ? 'in-ledger' : 'ledger-other-form');
  return check(issuedHere ? 'not-in-ledger' : 'ledger-elsewhere');
};

/**
 * The first check. Where the signature says nothing, the ledger may still know that the credential
 * of this id was another.
 */
export const integrityCheck = (
  code: CheckCode,
  url: string,
  { recordedDigest, digest }: LedgerEvidence,
): Check => {
  const found = check(code, { url });
  const isAnother = recordedDigest !== undefined && recordedDigest !== digest;
  return found.result === 'could-not-check' && isAnother ? check('differs-from-ledger') : found;
};
