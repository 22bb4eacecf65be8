import { describe, expect, it } from '@jest/globals';
import { isAway } from './away.js';
import { DomainError, UnavailableError } from './errors.js';

const withCode = (code: string, message = 'x'): Error =>
  Object.assign(new Error(message), { code });

describe('what is away', () => {
  it.each<[string, unknown]>([
    ['our own word for it', new UnavailableError('the vault')],
    ['a server that shuts down', withCode('57P01')],
    ['a server without room', withCode('53100')],
    ['a lost connection', withCode('08006')],
    ['a refused socket', withCode('ECONNREFUSED')],
    ['a driver that says it without a code', new Error('Connection terminated unexpectedly')],
    [
      'an error wrapped by the mapper',
      Object.assign(new Error('x'), { driverError: withCode('53100') }),
    ],
    ['one of several', new AggregateError([new Error('x'), withCode('ECONNREFUSED')])],
  ])('is %s', (_, error) => {
    expect(isAway(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a broken rule', new DomainError('invalid-input')],
    ['a bug', new TypeError('x')],
    ['a key that is there already', withCode('23505')],
    ['wrong SQL', Object.assign(new Error('x'), { driverError: withCode('42601') })],
    ['nothing', undefined],
    ['a text', '57P01'],
  ])('is not %s', (_, error) => {
    expect(isAway(error)).toBe(false);
  });
});
