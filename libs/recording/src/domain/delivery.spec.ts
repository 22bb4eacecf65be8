import { describe, expect, it } from '@jest/globals';
import { problemOf } from '#contracts';
import { isKept, outcomeOfWhole, outcomesOf, REFUSALS_MAX } from './delivery.js';

const receipt = { eventId: 'evt_a', log: 'a', seq: 1, leafHash: '', status: 'recorded' } as const;
const none = { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 0, waiting: 0 };
const pointing = (pointer: string, detail = 'Required.') =>
  problemOf('invalid-input', undefined, [{ pointer, detail }]);

describe('outcomesOf', () => {
  it('counts each answer once, and nothing for no answers', () => {
    expect(outcomesOf([])).toEqual({ counts: none, refusals: [] });
    const { counts } = outcomesOf([
      receipt,
      { ...receipt, status: 'duplicate' },
      { status: 'telemetry', because: '' },
      { status: 'test' },
      problemOf('event-conflict'),
      problemOf('unavailable'),
      problemOf('internal-error'),
    ]);
    expect(counts).toEqual({
      recorded: 1,
      duplicate: 1,
      telemetry: 1,
      test: 1,
      refused: 1,
      waiting: 2,
    });
  });

  it('tells the first refusals only, and counts all', () => {
    const { counts, refusals } = outcomesOf(
      Array.from({ length: REFUSALS_MAX + 9 }, () => problemOf('too-large')),
    );
    expect([counts.refused, refusals.length]).toEqual([REFUSALS_MAX + 9, REFUSALS_MAX]);
  });

  it('bounds what a sender can make of a refusal', () => {
    const many = problemOf(
      'invalid-input',
      undefined,
      Array.from({ length: 500 }, () => ({ pointer: `#/${'x'.repeat(9_000)}`, detail: 'y' })),
    );
    const [refusal] = outcomesOf([many]).refusals;
    expect(JSON.stringify(refusal).length).toBeLessThan(6_000);
  });

  it.each(['#/a\0b', '#/a\ud800'])('makes %j something that can be stored', (pointer) => {
    const [refusal] = outcomesOf([pointing(pointer, 'The "\0" is wrong.')]).refusals;
    const text = JSON.stringify(refusal);
    expect(text).not.toMatch(/\\u0000|\\ud800/u);
  });

  it.each([
    ['#/0/result/extensions/mailto:anna@uni.example', '#/0/result/extensions/*'],
    ['#/context/extensions/https:~1~1uni.example~1anna/a', '#/context/extensions/*/a'],
    ['#/a b/c', '#/*/c'],
    [`#/${'a'.repeat(41)}`, '#/*'],
    ['#/Ünsal', '#/*'],
    ['anna@uni.example', '*'],
    ['#', '#'],
    [`#/0/result_2/score-raw/${'a'.repeat(40)}`, `#/0/result_2/score-raw/${'a'.repeat(40)}`],
  ])('stores %j as %j', (pointer, stored) => {
    const [refusal] = outcomesOf([pointing(pointer)]).refusals;
    expect(refusal?.errors).toEqual([{ pointer: stored, detail: 'Required.' }]);
    expect(outcomeOfWhole(pointing(pointer)).refusals[0]?.errors[0]?.pointer).toBe(stored);
  });

  it('stores no name of a field in the words about it', () => {
    const about = pointing('#/data/a~1anna@x', 'Unknown field "a/anna@x".');
    expect(outcomesOf([about]).refusals[0]?.errors[0]?.detail).toBe('Unknown field "*".');
    const known = pointing('#/data/hobby', 'Unknown field "hobby".');
    expect(outcomesOf([known]).refusals[0]?.errors[0]?.detail).toBe('Unknown field "hobby".');
  });

  it('does not repeat the words of the problem, which may be about one sender', () => {
    const refusals = [
      ...outcomesOf([problemOf('too-large', 'of Amina')]).refusals,
      ...outcomeOfWhole(problemOf('too-large', 'of Amina')).refusals,
    ];
    expect(JSON.stringify(refusals)).not.toContain('Amina');
  });
});

describe('outcomeOfWhole', () => {
  it('counts a request that was refused whole as one, without a place', () => {
    expect(outcomeOfWhole(problemOf('malformed-json'))).toEqual({
      counts: { ...none, refused: 1 },
      refusals: [{ code: 'malformed-json', errors: [] }],
    });
    expect(outcomeOfWhole(problemOf('unavailable')).counts).toEqual({ ...none, waiting: 1 });
  });
});

describe('isKept', () => {
  it.each([
    ['invalid-input', true],
    ['source-not-yours', true],
    ['assurance-too-high', true],
    ['event-erased', false],
    ['too-large', false],
    ['quota-exceeded', false],
    ['unavailable', false],
    ['internal-error', false],
  ] as const)('%s: %s', (code, kept) => {
    expect(isKept(problemOf(code))).toBe(kept);
  });
});
