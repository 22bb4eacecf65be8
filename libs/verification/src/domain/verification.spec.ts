import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { Verification } from '#contracts';
import { boundedCredential, CREDENTIAL_BYTES_MAX } from './bounded-json.js';
import { checkCompleteness } from './completeness.js';
import { checkDates } from './dates.js';
import { type Found, report } from './report.js';
import { type TextCode, texts } from './texts.js';

const genuine: readonly Found[] = [
  { code: 'signature-fits' },
  { code: 'key-of-issuer' },
  { code: 'issuer-registered' },
  { code: 'not-withdrawn' },
  { code: 'in-time' },
  { code: 'recorded' },
  { code: 'complete' },
];
const but = (...codes: TextCode[]): readonly Found[] =>
  genuine.map((found) => {
    const other = codes.find((code) => texts[code].check === texts[found.code].check);
    return other ? { code: other } : found;
  });

describe('the verdict', () => {
  it.each<[string, readonly Found[], string]>([
    ['all is well', genuine, 'genuine'],
    ['a changed word', but('signature-does-not-fit'), 'changed'],
    ['no signature', but('proof-missing'), 'changed'],
    ['somebody else’s key', but('key-of-somebody-else'), 'changed'],
    ['another text in the ledger', but('recorded-otherwise'), 'changed'],
    ['withdrawn', but('withdrawn'), 'withdrawn'],
    ['withdrawn and expired', but('withdrawn', 'expired'), 'withdrawn'],
    ['withdrawn by an unknown issuer', but('withdrawn', 'issuer-not-registered'), 'withdrawn'],
    ['expired', but('expired'), 'expired'],
    ['not yet valid', but('not-yet-valid'), 'not-yet-valid'],
    ['an unknown issuer', but('issuer-not-registered', 'not-recorded'), 'unknown-issuer'],
    ['a status elsewhere', but('status-elsewhere'), 'could-not-check'],
    ['expired, and a status elsewhere', but('expired', 'status-elsewhere'), 'expired'],
    ['an unknown vocabulary', but('context-unknown'), 'could-not-check'],
    ['missing criteria', but('incomplete'), 'incomplete'],
  ])('%s', (_, found, verdict) => {
    expect(report(found).verdict).toBe(verdict);
  });

  it('shows nothing of a changed file but that it was changed', () => {
    expect(report(but('signature-does-not-fit')).checks.map(({ check }) => check)).toEqual([
      'integrity',
    ]);
  });

  it('is never genuine where a check did not pass, whatever the others say', () => {
    const codes = Object.keys(texts) as TextCode[];
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.constantFrom(...codes), (a, b) => {
        const { verdict, checks } = report(but(a, b));
        const bad = checks.some(({ result, check }) => result !== 'pass' && check !== 'ledger');
        return verdict !== 'genuine' || !bad;
      }),
    );
  });

  it('says what to do wherever something did not pass', () => {
    for (const [code, text] of Object.entries(texts))
      expect([code, text.result === 'pass' || 'whatToDo' in text]).toEqual([code, true]);
  });

  it('answers by its schema', () => {
    const { verdict, checks } = report(genuine);
    expect(
      Verification.safeParse({ verdict, checks, checkedAt: '2026-01-01T00:00:00Z' }).success,
    ).toBe(true);
  });
});

describe('the dates', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  it.each([
    [{ validFrom: '2026-01-01T00:00:00Z' }, 'in-time'],
    [
      { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00+02:00' },
      'in-time-until',
    ],
    [{ validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-05-31T23:59:59Z' }, 'expired'],
    [{ validFrom: '2026-06-02T00:00:00Z' }, 'not-yet-valid'],
    [{}, 'dates-missing'],
    [{ validFrom: '2026-01-01' }, 'dates-malformed'],
    [{ validFrom: '2026-01-01T00:00:00' }, 'dates-malformed'],
    [{ validFrom: '2026-13-01T00:00:00Z' }, 'dates-malformed'],
    [{ validFrom: 20260101 }, 'dates-malformed'],
    [{ validFrom: '2026-03-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' }, 'dates-malformed'],
    [{ validUntil: 'for ever' }, 'dates-malformed'],
  ])('%j is %s', (credential, code) => {
    expect(checkDates(credential, now).code).toBe(code);
  });
});

describe('completeness', () => {
  it('names everything that is missing', () => {
    const { code, fill } = checkCompleteness({ credentialSubject: { achievement: [] } });
    expect([code, fill?.['missing']?.split(', ')]).toEqual([
      'incomplete',
      expect.arrayContaining(['its issuer', 'the criteria']),
    ]);
  });
});

describe('what may be handed in', () => {
  const codeOf = (given: string | Record<string, unknown>): string => {
    try {
      boundedCredential(given);
      return 'accepted';
    } catch (error) {
      return error instanceof DomainError ? error.code : String(error);
    }
  };
  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  it.each([
    ['{"id":"x"}', 'accepted'],
    ['{', 'malformed-json'],
    ['', 'malformed-json'],
    ['[]', 'invalid-input'],
    ['"text"', 'invalid-input'],
    ['null', 'invalid-input'],
    ['{"__proto__":{"a":1}}', 'invalid-input'],
    [deep(41), 'invalid-input'],
    [deep(10_000), 'invalid-input'],
    [JSON.stringify({ a: Array.from({ length: 30_000 }, () => 1) }), 'invalid-input'],
    [`{"a":"${'x'.repeat(CREDENTIAL_BYTES_MAX)}"}`, 'too-large'],
  ])('%#: the answer is right', (given, code) => {
    expect(codeOf(given)).toBe(code);
  });
});
