import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConcurrencyError, DomainError, UnavailableError } from '#kernel';
import { codeOf, failureOf } from './failure.js';

const schemaError = (): unknown => {
  const Name = z.strictObject({ items: z.array(z.strictObject({ score: z.number() })) });
  return Name.safeParse({ items: [{ score: 'Ada Lovelace' }] }).error;
};

describe('what a failure asks for', () => {
  it.each([
    ['a broken rule', new DomainError('already-decided'), 'bury', 'already-decided'],
    ['a schema error', schemaError(), 'bury', 'schema'],
    ['an erased learner', new DomainError('event-erased'), 'pass', 'event-erased'],
    ['something away', new UnavailableError('vault'), 'retry', 'unavailable:vault'],
    ['the code of being away', new DomainError('unavailable'), 'retry', 'unavailable'],
    ['a lost race', new ConcurrencyError('case-1'), 'retry', 'concurrent-change'],
    ['a database error', Object.assign(new Error('x'), { code: '40P01' }), 'retry', '40P01'],
    ['a bug', new TypeError('undefined is not a function'), 'retry', 'TypeError'],
    ['a thrown string', 'Ada Lovelace', 'retry', 'unknown'],
  ])('%s', (_name, error, remedy, code) => {
    expect(failureOf(error)).toMatchObject({ remedy, code });
  });

  it('points at what is wrong without quoting it', () => {
    const { detail } = failureOf(schemaError());
    expect(detail).toBe('#/items/0/score: invalid_type');
  });

  it('never takes the message of an unknown error for its code', () => {
    expect(codeOf(new Error('Ada Lovelace was born in 1815'))).toBe('Error');
  });
});
