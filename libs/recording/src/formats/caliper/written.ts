import { DomainError } from '#kernel';
import { parseJson } from '../../json-body.js';

/** 12.0 or 12.50: JavaScript never writes a zero there, so the writer keeps its decimals apart. */
const KEEPS_DECIMALS = /\.\d*0(?:$|[eE])/u;
/** Nothing that the model has a place for has more; the rest is not worth the time. */
const NUMBERS_MAX = 100_000;

/**
 * A parsed document, and beside it the same with each number as it was written. The model has
 * integers and decimals, "a number with a fractional part denoted by a decimal separator"; JSON
 * parsers read 12 and 12.0 alike.
 */
export interface Written {
  readonly value: unknown;
  /** Absent if the writer may be one that cannot write 12.0: then 12 may stand for it. */
  readonly numbers?: unknown;
}

/** Throws DomainError `malformed-json`, pointing at the whole body. */
export const parseWritten = (text: string): Written => {
  const value = parsed(text);
  const places = numbersIn(text);
  const keepsDecimals = places?.some(([from, to]) => KEEPS_DECIMALS.test(text.slice(from, to)));
  return places && keepsDecimals
    ? { value, numbers: JSON.parse(quoted(text, places)) as unknown }
    : { value };
};

const parsed = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.detail, [{ pointer: '#', detail: 'Not JSON.' }]);
  }
};

type Span = readonly [from: number, to: number];

/** Where the numbers of a JSON text are; undefined if they are too many. */
const numbersIn = (text: string): readonly Span[] | undefined => {
  const spans: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') at = endOfString(text, at);
    else if (character === '-' || (character >= '0' && character <= '9')) {
      const from = at;
      while (/[0-9.eE+-]/u.test(text.charAt(at + 1))) at++;
      if (spans.push([from, at + 1]) > NUMBERS_MAX) return undefined;
    }
  }
  return spans;
};

/** Of the quotation mark that ends the string that begins at `start`. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
};

/** The text with its numbers as strings. */
const quoted = (text: string, spans: readonly Span[]): string => {
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of spans) {
    parts.push(text.slice(end, from), `"${text.slice(from, to)}"`);
    end = to;
  }
  return parts.join('') + text.slice(end);
};

/** The part of a document beside it, found as its value is. */
export const partOf = (numbers: unknown, name: string | number): unknown =>
  typeof numbers === 'object' && numbers !== null
    ? (numbers as Readonly<Record<string | number, unknown>>)[name]
    : undefined;
