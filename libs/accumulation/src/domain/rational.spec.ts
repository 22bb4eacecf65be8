import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  compare,
  dividedBy,
  minus,
  plus,
  rational,
  type Rational,
  times,
  toNumber,
} from './rational.js';

const exact = (decimal: number | string): Rational => {
  const value = rational(decimal);
  if (!value) throw new Error(`not a decimal: ${decimal}`);
  return value;
};

describe('exact fractions', () => {
  it('adds 0.1 and 0.2 to 0.3', () => {
    expect(compare(plus(exact(0.1), exact(0.2)), exact(0.3))).toBe(0);
  });

  it('reads what JSON numbers look like', () => {
    expect(compare(exact(1e-7), exact('0.0000001'))).toBe(0);
    expect(compare(exact(1e21), exact('1000000000000000000000'))).toBe(0);
    expect(compare(exact('-1.50'), exact(-1.5))).toBe(0);
    expect(compare(exact('-0'), exact(0))).toBe(0);
  });

  it.each([NaN, Infinity, -Infinity, '', ' 1', '1.', '.5', '0x10', '1e999999999', '1,5', '--1'])(
    'does not read %p',
    (text) => expect(rational(text)).toBeUndefined(),
  );

  it('orders as numbers do', () => {
    const decimal = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(compare(exact(a), exact(b))).toBe(Math.sign(a - b) + 0);
      }),
    );
  });

  it('takes back what it added and undoes what it multiplied', () => {
    const number = fc.integer({ min: -1000, max: 1000 }).map((n) => exact(n / 100));
    const positive = fc.integer({ min: 1, max: 1000 }).map((n) => exact(n / 100));
    fc.assert(
      fc.property(number, number, positive, (a, b, c) => {
        expect(compare(minus(plus(a, b), b), a)).toBe(0);
        expect(compare(dividedBy(times(a, c), c), a)).toBe(0);
      }),
    );
  });

  it('shows the nearest number', () => {
    expect(toNumber(exact(-2.25))).toBe(-2.25);
    expect(toNumber({ n: 1n, d: 3n })).toBeCloseTo(1 / 3, 11);
  });
});
