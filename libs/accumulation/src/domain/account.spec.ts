import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CreditAccount, type Fact } from '#contracts';
import { accountOf, type Posted, type Reversed } from './account.js';
import { earnedCredit, recognisedCredit } from './credit.js';

type Posting = Fact<'credit-posted'>['personal'];

const names = new Map([
  ['uni', 'Aurora'],
  ['north', 'Borealis'],
]);
const posted = (postingId: string, value: number, change: Partial<Posting> = {}): Posted => ({
  postingId,
  time: '2026-03-01T12:00:00.000Z',
  posting: {
    kind: 'earned',
    credit: { system: 'ECTS', value },
    institution: 'uni',
    title: 'Nursing',
    basis: ['crd_1'],
    ...change,
  },
});
const reversal = (reverses: string): Reversed => ({
  postingId: `${reverses}-back`,
  reverses,
  time: '2026-04-01T12:00:00.000Z',
});

describe('a credit account', () => {
  it('is empty for who has none', () => {
    expect(accountOf([], [], names)).toEqual({ balances: [], postings: [] });
  });

  it('adds up exactly, by institution and system', () => {
    const { balances } = accountOf(
      [
        posted('pst_1', 0.1),
        posted('pst_2', 0.2),
        posted('pst_3', 5, { institution: 'north' }),
        posted('pst_4', 3, { credit: { system: 'CEU', value: 3 } }),
      ],
      [],
      names,
    );
    expect(balances).toEqual([
      { institution: { id: 'uni', name: 'Aurora' }, system: 'CEU', value: 3 },
      { institution: { id: 'uni', name: 'Aurora' }, system: 'ECTS', value: 0.3 },
      { institution: { id: 'north', name: 'Borealis' }, system: 'ECTS', value: 5 },
    ]);
  });

  it('shows a reversal as a posting of its own, newest first', () => {
    const account = accountOf([posted('pst_1', 6)], [reversal('pst_1')], new Map());
    expect(CreditAccount.parse(account)).toEqual(account);
    expect(account.balances).toEqual([
      { institution: { id: 'uni', name: 'uni' }, system: 'ECTS', value: 0 },
    ]);
    expect(account.postings).toMatchObject([
      { id: 'pst_1-back', kind: 'reversed', credit: { value: -6 }, reverses: 'pst_1' },
      { id: 'pst_1', kind: 'earned', credit: { value: 6 } },
    ]);
    expect(account.postings[1]).not.toHaveProperty('reverses');
  });

  it('says nothing of a reversal whose posting is not there', () => {
    expect(accountOf([], [reversal('pst_1')], names).postings).toEqual([]);
  });

  it('is the same in any order, and sums to what was not reversed', () => {
    const values = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 12 });
    fc.assert(
      fc.property(values, fc.array(fc.nat(11)), (hundredths, back) => {
        const list = hundredths.map((each, n) => posted(`pst_${n}`, each / 100));
        const gone = [...new Set(back)].filter((n) => n < list.length);
        const reversals = gone.map((n) => reversal(`pst_${n}`));
        const account = accountOf(list, reversals, names);
        expect(accountOf(list.toReversed(), reversals.toReversed(), names)).toEqual(account);
        const left = hundredths.reduce((sum, each, n) => (gone.includes(n) ? sum : sum + each), 0);
        expect(account.balances[0]?.value ?? 0).toBe(left / 100);
      }),
    );
  });
});

const issued = (change: object = {}): Fact<'credential-issued'>['data'] => ({
  credentialId: 'crd_1',
  issuer: 'uni',
  statusListId: 'one',
  statusListIndex: 7,
  digest: 'ab',
  purpose: 'achievement',
  basis: 'ach_1',
  ...change,
});

describe('the credit that a fact brings', () => {
  const credit = { system: 'ECTS', value: 6 } as const;
  const named = { credentialSubject: { achievement: { name: 'Nursing' } } };

  it('of a credential is earned, from its issuer, resting on itself', () => {
    expect(earnedCredit(issued(), { credential: named, credit })).toEqual({
      cause: 'crd_1',
      posting: { kind: 'earned', credit, institution: 'uni', title: 'Nursing', basis: ['crd_1'] },
    });
  });

  it.each([
    [{ name: 'Own name', ...named }, 'Own name'],
    [{ name: '', ...named }, 'Nursing'],
    [{ name: 7, credentialSubject: [] }, 'crd_1'],
    [{ credentialSubject: null }, 'crd_1'],
    [{}, 'crd_1'],
  ])('is named by the credential %j: %s', (credential, title) => {
    expect(earnedCredit(issued(), { credential, credit })?.posting.title).toBe(title);
  });

  it('is none without credit, nor for the credential of a decision', () => {
    expect(earnedCredit(issued(), { credential: named })).toBeUndefined();
    const ofDecision = issued({ purpose: 'recognition', basis: 'rec_1' });
    expect(earnedCredit(ofDecision, { credential: named, credit })).toBeUndefined();
  });

  const decided = { caseId: 'rec_1', institution: 'north', officer: 'per_o' };
  const decision = (change: object): Fact<'recognition-decided'>['personal'] => ({
    outcome: 'Positive',
    findings: {} as Fact<'recognition-decided'>['personal']['findings'],
    reasons: 'Alike',
    credit,
    credentialIds: ['crd_1', 'crd_2'],
    purpose: 'Entry',
    titles: ['Nursing', 'Statistics'],
    decidedAt: '2026-03-01T12:00:00Z',
    ...change,
  });

  it.each(['Positive', 'Partially Positive'])('of a %s decision is recognised', (outcome) => {
    expect(recognisedCredit(decided, decision({ outcome }))).toEqual({
      cause: 'rec_1',
      posting: {
        kind: 'recognised',
        credit,
        institution: 'north',
        title: 'Nursing, Statistics',
        basis: ['crd_1', 'crd_2'],
      },
    });
  });

  it('of a Negative decision, or one without credit, is none', () => {
    expect(recognisedCredit(decided, decision({ outcome: 'Negative' }))).toBeUndefined();
    expect(recognisedCredit(decided, decision({ credit: undefined }))).toBeUndefined();
  });
});
