import { describe, expect, it } from '@jest/globals';
import { datesCheck, integrityCheck, issuerCheck, ledgerCheck, statusCheck } from './evidence.js';

const NOW = new Date('2026-06-12T10:00:00Z');

describe('dates', () => {
  const code = (credential: object) => datesCheck({ ...credential }, NOW).code;

  it.each([
    [{ validFrom: '2026-06-12T10:00:00Z' }, 'no-end-date'],
    [{ validFrom: '2026-06-12T12:00:00+02:00' }, 'no-end-date'],
    [{ validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-06-12T10:00:00Z' }, 'within-dates'],
    [{ validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-06-12T09:59:59Z' }, 'expired'],
    [{ validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-06-12T11:30:00+02:00' }, 'expired'],
    [{ validFrom: '2026-06-12T10:00:01Z' }, 'not-yet-valid'],
    [{ validFrom: '2027-01-01T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' }, 'not-yet-valid'],
  ])('of %j: %s', (credential, expected) => expect(code(credential)).toBe(expected));

  it.each([
    {},
    { validFrom: null },
    { validFrom: 1 },
    { validFrom: '2026-06-12' },
    { validFrom: '2026-06-12T10:00:00' },
    { validFrom: '2026-13-45T10:00:00Z' },
    { validFrom: ['2026-06-12T10:00:00Z'] },
    { validFrom: { '@value': '2026-06-12T10:00:00Z' } },
    { validFrom: '2026-06-12T10:00:00Z', validUntil: 'never' },
    { validFrom: '2026-06-12T10:00:00Z', validUntil: null },
    { validFrom: '2026-06-12T10:00:00Z', validUntil: '' },
  ])('of %j cannot be read', (credential) => expect(code(credential)).toBe('dates-unreadable'));

  it('are said in words', () => {
    const credential = { validFrom: '2025-01-01T00:00:00Z', validUntil: '2026-01-31T00:00:00Z' };
    expect(datesCheck(credential, NOW).reason).toBe('It ran out on 31 January 2026.');
  });
});

describe('status', () => {
  const here = { kind: 'here', listId: 'aurora.1', index: 5 } as const;

  it('says when and why it was withdrawn', () => {
    const revocation = { revokedAt: '2026-06-12T10:00:00Z', reason: 'Wrong examination' };
    expect(statusCheck(here, revocation)).toMatchObject({
      result: 'fail',
      code: 'withdrawn',
      reason: 'The issuer withdrew it on 12 June 2026. Reason given: Wrong examination',
    });
  });

  it.each([
    [here, 'in-force'],
    [{ kind: 'absent' }, 'status-absent'],
    [{ kind: 'elsewhere' }, 'status-elsewhere'],
    [{ kind: 'unreadable' }, 'status-unreadable'],
  ] as const)('of %j is %s', (pointer, code) =>
    expect(statusCheck(pointer, undefined).code).toBe(code),
  );
});

describe('issuer and ledger', () => {
  it('name the issuer as it is registered, not as the file says', () => {
    expect(issuerCheck({ kind: 'registered', name: 'Aurora' }).reason).toContain('Aurora');
    expect(issuerCheck({ kind: 'unknown' })).toMatchObject({ result: 'warning' });
    expect(issuerCheck({ kind: 'not-yet-here' })).toMatchObject({ result: 'could-not-check' });
  });

  it.each([
    [{ issuedHere: true, recordedDigest: 'a', digest: 'a' }, 'in-ledger'],
    [{ issuedHere: true, recordedDigest: 'a', digest: 'b' }, 'ledger-other-form'],
    [{ issuedHere: true, digest: 'a' }, 'not-in-ledger'],
    [{ issuedHere: false, digest: 'a' }, 'ledger-elsewhere'],
  ])('find %j: %s', (evidence, code) => expect(ledgerCheck(evidence).code).toBe(code));
});

describe('integrity', () => {
  const ledger = { issuedHere: true, digest: 'b' };

  it('is lost where the signature says nothing and the ledger knows another text', () => {
    expect(integrityCheck('context-unknown', '', { ...ledger, recordedDigest: 'a' })).toMatchObject(
      { result: 'fail', code: 'differs-from-ledger' },
    );
  });

  it.each([
    ['context-unknown', undefined, 'context-unknown'],
    ['context-unknown', 'b', 'context-unknown'],
    ['signature-fits', 'a', 'signature-fits'],
    ['signature-does-not-fit', 'a', 'signature-does-not-fit'],
  ] as const)('by %s with %s on record stays %s', (code, recordedDigest, expected) =>
    expect(integrityCheck(code, '', { ...ledger, recordedDigest }).code).toBe(expected),
  );
});
