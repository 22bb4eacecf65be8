import { describe, expect, it } from '@jest/globals';
import type { Check } from '#contracts';
import { check } from './check.js';
import { type CheckCode, checkTable } from './check-table.js';
import { shownChecks, verdictOf } from './verdict.js';

const GOOD: readonly CheckCode[] = [
  'signature-fits',
  'key-of-issuer',
  'issuer-registered',
  'in-force',
  'within-dates',
  'in-ledger',
  'complete',
];

/** All is well, but for the codes given. */
const checks = (...codes: readonly CheckCode[]): readonly Check[] =>
  GOOD.map((good) => {
    const other = codes.find((code) => checkTable[code].check === checkTable[good].check);
    return check(other ?? good, { day: '1 May 2026' });
  });
const verdict = (...codes: readonly CheckCode[]) => verdictOf(checks(...codes));

describe('the verdict', () => {
  it('is genuine if all is well', () => expect(verdict()).toBe('genuine'));

  it.each<[CheckCode, string]>([
    ['signature-does-not-fit', 'changed'],
    ['differs-from-ledger', 'changed'],
    ['undefined-terms', 'changed'],
    ['proof-missing', 'changed'],
    ['proof-malformed', 'changed'],
    ['key-of-somebody-else', 'changed'],
    ['key-not-found', 'changed'],
    ['key-not-for-credentials', 'changed'],
    ['proof-expired', 'changed'],
    ['proof-in-future', 'changed'],
    ['context-unknown', 'could-not-check'],
    ['context-inline', 'could-not-check'],
    ['form-unusual', 'could-not-check'],
    ['too-complex', 'could-not-check'],
    ['issuer-unresolvable', 'could-not-check'],
    ['issuer-not-found', 'could-not-check'],
    ['withdrawn', 'withdrawn'],
    ['expired', 'expired'],
    ['not-yet-valid', 'not-yet-valid'],
    ['fields-missing', 'incomplete'],
    ['issuer-unknown', 'unknown-issuer'],
    ['issuer-not-yet-here', 'could-not-check'],
    ['status-elsewhere', 'could-not-check'],
    ['status-unreadable', 'could-not-check'],
    ['dates-unreadable', 'could-not-check'],
    ['ledger-elsewhere', 'could-not-check'],
    ['not-in-ledger', 'genuine'],
    ['ledger-other-form', 'genuine'],
    ['status-absent', 'genuine'],
    ['not-an-open-badge', 'genuine'],
  ])('with %s alone is %s', (code, expected) => expect(verdict(code)).toBe(expected));

  it.each<[readonly CheckCode[], string]>([
    [['signature-does-not-fit', 'withdrawn', 'expired'], 'changed'],
    [['key-of-somebody-else', 'issuer-unknown'], 'changed'],
    [['key-unknown', 'key-not-found'], 'changed'],
    [['key-unknown', 'issuer-unresolvable', 'expired'], 'could-not-check'],
    [['key-unknown', 'issuer-unresolvable', 'issuer-unknown'], 'could-not-check'],
    [['withdrawn', 'expired'], 'withdrawn'],
    [['withdrawn', 'not-yet-valid', 'fields-missing'], 'withdrawn'],
    [['expired', 'issuer-unknown', 'fields-missing'], 'expired'],
    [['fields-missing', 'issuer-unknown'], 'incomplete'],
    [['issuer-unknown', 'status-elsewhere', 'ledger-elsewhere'], 'unknown-issuer'],
    [['not-in-ledger', 'status-elsewhere'], 'could-not-check'],
  ])('with %j is %s', (codes, expected) => expect(verdict(...codes)).toBe(expected));

  it('is never genuine while something fails', () => {
    const failing = Object.keys(checkTable).filter(
      (code) => checkTable[code as CheckCode].result === 'fail',
    );
    expect(failing.length).toBeGreaterThan(10);
    for (const code of failing) expect(verdict(code as CheckCode)).not.toBe('genuine');
  });
});

describe('what is shown', () => {
  it('is all seven checks in order', () => {
    expect(shownChecks(checks('expired')).map((row) => row.check)).toEqual([
      'integrity',
      'signer',
      'issuer',
      'status',
      'dates',
      'ledger',
      'complete',
    ]);
  });

  it.each<[CheckCode, number]>([
    ['signature-does-not-fit', 1],
    ['key-of-somebody-else', 2],
  ])('ends where nothing more can be trusted: %s', (code, length) =>
    expect(shownChecks(checks(code)).length).toBe(length),
  );

  it('goes on where the signature could not be checked', () =>
    expect(shownChecks(checks('context-unknown')).length).toBe(7));
});

describe('the words', () => {
  it.each(Object.keys(checkTable) as CheckCode[])(
    'of %s say what to do unless it passed',
    (code) => {
      const { result, reason, whatToDo } = check(code);
      expect(reason.length).toBeGreaterThan(10);
      expect(whatToDo === undefined).toBe(result === 'pass');
    },
  );

  it('are filled in, and cut to a readable length', () => {
    expect(check('expired', { until: '1 May 2026' }).reason).toBe('It ran out on 1 May 2026.');
    expect(check('context-unknown', { url: 'x'.repeat(10_000) }).reason.length).toBeLessThan(400);
  });
});
