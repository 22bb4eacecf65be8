import { fault, type Read } from './result.js';

/** Zeros of the scripts that have digits of their own and stand in spreadsheets. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];
const OWN_DIGIT =
  /[\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\u09E6-\u09EF\u0E50-\u0E59\uFF10-\uFF19]/gu;
const SPACES = /[\s\u00A0\u202F'’]/gu;
const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/u;
const GROUPED = /^[+-]?\d{1,3}(?:[.,]\d{3})+$/u;

/** The same text with the digits 0 to 9. */
export const westernDigits = (text: string): string =>
  text
    .replaceAll(OWN_DIGIT, (digit) => {
      const code = digit.charCodeAt(0);
      const zero = ZEROS.find((first) => code >= first && code < first + 10) ?? code;
      return String(code - zero);
    })
    .replaceAll('٫', ',')
    .replaceAll('٬', '');

/**
 * A number as people write it: 1234.5, 1 234,5, 1.234,5, 1,234.5. Where one sign could be either
 * ("1,234"), `decimal` says which is the decimal sign.
 */
export const numberOf = (cell: string, decimal: ',' | '.'): Read<number> => {
  const text = westernDigits(cell).replaceAll(SPACES, '').replace('−', '-');
  const number = Number(unified(text, decimal));
  return PLAIN.test(unified(text, decimal)) && Number.isFinite(number)
    ? { value: number }
    : fault('This is not a number.', 'Write a number alone, for example 12.5');
};

const digitsOf = (groups: string): string => groups.replaceAll(/[.,]/gu, '');

const unified = (text: string, decimal: ',' | '.'): string => {
  const [comma, point] = [text.lastIndexOf(','), text.lastIndexOf('.')];
  if (comma >= 0 && point >= 0) {
    const sign = comma > point ? ',' : '.';
    const [whole = '', part = '', ...more] = text.split(sign);
    return more.length === 0 && GROUPED.test(whole) ? `${digitsOf(whole)}.${part}` : text;
  }
  const sign = comma >= 0 ? ',' : '.';
  if (Math.max(comma, point) < 0) return text;
  const isGroups = GROUPED.test(text) && (sign !== decimal || text.split(sign).length > 2);
  return isGroups ? text.replaceAll(sign, '') : text.replace(sign, '.');
};

/** The decimal sign of a column: a comma where one stands before one, two or four digits. */
export const decimalOf = (cells: readonly string[]): ',' | '.' | undefined => {
  const has = (pattern: RegExp): boolean => cells.some((cell) => pattern.test(westernDigits(cell)));
  if (has(/^[^,]*\d,(?:\d{1,2}|\d{4,})(?!\d)[^.,]*$/u)) return ',';
  return has(/^[^.]*\d\.(?:\d{1,2}|\d{4,})(?!\d)[^.,]*$/u) ? '.' : undefined;
};
