import { momentOf } from '../../domain/report.js';
import type { Scalar } from './model/kinds.js';

/** A scheme and something after it; none of the characters that RFC 3987 leaves out. */
const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/u;
const WEB_IRI = /^https?:\/\/[^/?#]/iu;
const IS_WEB = /^https?:/iu;
const BLANK_NODE = /^_:[^\s]+$/u;
const UUID_URN = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/u;
const DURATION =
  /^-?P(?!$)(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?W)?(?:\d+(?:[.,]\d+)?D)?(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?$/u;
const FRACTION = /[.eE]/u;
const IRI_MAX = 2_048;

export const isIri = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= IRI_MAX &&
  IRI.test(value) &&
  (!IS_WEB.test(value) || WEB_IRI.test(value));

export const isNode = (value: unknown): value is string =>
  isIri(value) || (typeof value === 'string' && value.length <= IRI_MAX && BLANK_NODE.test(value));

/** YYYY-MM-DDTHH:mm:ss.SSSZ, and a moment that a calendar has. */
const isTime = (value: unknown): boolean => {
  if (typeof value !== 'string' || !TIME.test(value)) return false;
  const moment = momentOf(value);
  return moment !== undefined && new Date(moment).toISOString() === value;
};

const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, pattern: RegExp): boolean =>
  typeof value === 'string' && pattern.test(value);

/**
 * What a value should be and is not, in plain words; undefined if it is. `number` is how it was
 * written, if that is known.
 */
export const scalarFault = (kind: Scalar, value: unknown, number?: unknown): string | undefined => {
  switch (kind.is) {
    case 'text':
      return typeof value === 'string' ? undefined : 'Must be text.';
    case 'iri':
      return isIri(value) ? undefined : 'Must be an absolute IRI.';
    case 'node':
      return isNode(value) ? undefined : 'Must be an absolute IRI or a blank node identifier.';
    case 'uuid':
      return isText(value, UUID_URN) ? undefined : 'Must be a UUID in the form urn:uuid:<UUID>.';
    case 'time':
      return isTime(value) ? undefined : 'Must be a time as YYYY-MM-DDTHH:mm:ss.SSSZ, in UTC.';
    case 'duration':
      return isText(value, DURATION)
        ? undefined
        : 'Must be a duration (ISO 8601) such as PT30M54S.';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'Must be true or false.';
    case 'map':
      return isMap(value) ? undefined : 'Must be an object.';
    case 'term':
      return typeof value === 'string' && kind.of.has(value)
        ? undefined
        : `Must be the term of a ${kind.called} that Caliper defines.`;
    case 'decimal':
      return decimalFault(value, number);
    default:
      return integerFault(value, number, kind.least);
  }
};

const decimalFault = (value: unknown, number: unknown): string | undefined => {
  if (typeof value !== 'number') return 'Must be a decimal number.';
  return typeof number === 'string' && !FRACTION.test(number)
    ? 'Must be a decimal number, written with a decimal point as the others are.'
    : undefined;
};

const integerFault = (
  value: unknown,
  number: unknown,
  least = -Number.MAX_SAFE_INTEGER,
): string | undefined => {
  if (!Number.isSafeInteger(value)) return 'Must be a whole number.';
  if (typeof number === 'string' && FRACTION.test(number))
    return 'Must be a whole number, written without a decimal point.';
  return (value as number) < least ? `Must be a whole number, at least ${least}.` : undefined;
};
