import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ConcurrencyError, IntakeConflictError, UnavailableError } from '#kernel';
import { packAnswers, type Settled, unpackAnswers } from './packed-answers.js';

const id = fc.string().filter((said) => !said.includes('\0'));
const answered = fc.record({
  call: fc.nat(),
  answers: fc.array(
    fc.record({
      status: fc.constantFrom('recorded' as const, 'duplicate' as const, 'conflict' as const),
      id,
      seq: fc.maxSafeNat(),
      leafHash: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex')),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});
const there = (settled: readonly Settled[]): readonly Settled[] =>
  unpackAnswers(structuredClone(packAnswers(settled)));
const errorOf = (error: unknown): unknown => {
  const [settled] = there([{ call: 7, error }]);
  if (!settled || !('error' in settled)) throw new Error('an error came as an answer');
  expect(settled.call).toBe(7);
  return settled.error;
};

describe('packed answers', () => {
  it('are what they were, on the other side of a thread', () => {
    fc.assert(
      fc.property(fc.array(answered, { maxLength: 5 }), (settled) => {
        expect(there(settled)).toEqual(settled);
      }),
    );
  });

  it('keep errors of their class, beside answers', () => {
    const conflict = errorOf(new IntakeConflictError(3, undefined));
    expect(conflict).toBeInstanceOf(IntakeConflictError);
    expect(conflict).toMatchObject({ at: 3, earlierSeq: undefined });
    expect(errorOf(new IntakeConflictError(0, 9))).toMatchObject({ at: 0, earlierSeq: 9 });
    const stream = errorOf(new ConcurrencyError('s'));
    expect(stream).toBeInstanceOf(ConcurrencyError);
    expect(stream).toMatchObject({ stream: 's' });
    const answer = { status: 'recorded' as const, id: 'a', seq: 1, leafHash: 'b' };
    expect(
      there([
        { call: 1, answers: [answer] },
        { call: 2, error: new Error('x') },
      ]),
    ).toHaveLength(2);
  });

  it('say why something is away, and what an operator is told', () => {
    const cause = new Error('behind-the-published-checkpoint');
    const error = errorOf(new UnavailableError('the log', cause, 'log-not-trusted'));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ dependency: 'the log', code: 'log-not-trusted', cause });
  });

  it('let any other error through as an error', () => {
    expect(errorOf(new TypeError('no'))).toMatchObject({ name: 'TypeError', message: 'no' });
  });
});
