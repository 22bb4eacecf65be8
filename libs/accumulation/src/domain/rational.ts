/** An exact fraction with a positive denominator. Scores and hours decide about certificates, so
 *  0.1 + 0.2 has to be 0.3 here. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/u;
/** What a JSON number can reach; a larger exponent would only cost memory. */
const EXPONENT_MAX = 400;

/**
 * The exact value of a decimal, as a number or as text. A number counts as the shortest decimal
 * that reads back as it (ECMA-262 Number::toString), which is what was sent in the JSON.
 * Undefined for what is not a finite decimal.
 */
export const rational = (decimal: number | string): Rational | undefined => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(String(decimal)) ?? [];
  if (sign === undefined) return undefined;
  const shift = Number(exponent) - fraction.length;
  if (Math.abs(shift) > EXPONENT_MAX) return undefined;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return shift >= 0
    ? { n: digits * 10n ** BigInt(shift), d: 1n }
    : { n: digits, d: 10n ** BigInt(-shift) };
};

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
};

/** Lowest terms, so that long sums do not grow. */
const reduced = (n: bigint, d: bigint): Rational => {
  const divisor = gcd(n, d);
  return divisor > 1n ? { n: n / divisor, d: d / divisor } : { n, d };
};

export const plus = (a: Rational, b: Rational): Rational =>
  reduced(a.n * b.d + b.n * a.d, a.d * b.d);

export const minus = (a: Rational, b: Rational): Rational => plus(a, { n: -b.n, d: b.d });

export const times = (a: Rational, b: Rational): Rational => reduced(a.n * b.n, a.d * b.d);

/** `b` must be positive. */
export const dividedBy = (a: Rational, b: Rational): Rational => reduced(a.n * b.d, a.d * b.n);

/** Below, at or above zero as a is less than, equal to or more than b. */
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : Number(difference > 0n);
};

const DIGITS = 12;

/** The number, to twelve places: for showing, never for deciding. */
export const toNumber = ({ n, d }: Rational): number => {
  const sign = n < 0n ? '-' : '';
  const scaled = ((n < 0n ? -n : n) * 10n ** BigInt(DIGITS)) / d;
  const digits = scaled.toString().padStart(DIGITS + 1, '0');
  // Read as text: adding a whole and a part as numbers would bring the rounding back.
  return Number(`${sign}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`) + 0;
};
