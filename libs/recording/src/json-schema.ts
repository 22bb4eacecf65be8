import { type ErrorObject, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Issue } from '#kernel';

/** So many issues are told at once; more than that is one mistake made often. */
const ISSUES_MAX = 20;

/** Of a larger value only the first issue is told: a list of a million wrong things costs memory. */
const PARTS_MAX = 10_000;

// Its optimiser takes half of the time of compiling, and what it writes is no faster (measured).
const ajvWith = (allErrors: boolean, verbose = false): Ajv2020 => {
  const ajv = new Ajv2020({ strict: false, allErrors, verbose, code: { optimize: false } });
  addFormats.default(ajv);
  return ajv;
};
const toFirst = ajvWith(false);
const toLast = ajvWith(true);
/** Its errors have the value that is wrong. */
const withValues = ajvWith(true, true);

/** One schema for what fits a condition, another for the rest (JSON Schema 2020-12 §10.2.2). */
export const when = <T extends object, E extends object>(
  condition: object,
  fits: T,
  otherwise?: E,
) => ({
  if: condition,
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: fits,
  ...(otherwise === undefined ? {} : { else: otherwise }),
});

/** Says what is wrong with a value; nothing for one that is as it should be. */
export type Check = (value: unknown) => readonly Issue[];

/** A check by JSON Schema 2020-12, compiled when it is first used: a start need not wait for it. */
export const compile = (schema: object): Check => {
  let first: ValidateFunction | undefined;
  let all: ValidateFunction | undefined;
  return (value) => {
    first ??= toFirst.compile(schema);
    if (first(value)) return [];
    if (partsOf(value) > PARTS_MAX) return issuesOf(first.errors ?? []);
    all ??= toLast.compile(schema);
    all(value);
    return issuesOf(all.errors ?? []);
  };
};

/** What is wrong with an object or a list that says nothing else than the schema knows. */
const OF_KNOWN: ReadonlySet<string> = new Set(['required', 'if', 'minProperties', 'minItems']);

/**
 * Whether a value says nothing that a schema does not know of: members may be missing, and texts,
 * numbers and truth values be others than it wants, but nothing stands where it has no place. Out:
 * false, too, for what is too large to be looked through. Compiled when it is first used.
 */
export const compileKnown = (schema: object): ((value: unknown) => boolean) => {
  let all: ValidateFunction | undefined;
  return (value) => {
    if (partsOf(value) > PARTS_MAX) return false;
    all ??= withValues.compile(schema);
    if (all(value)) return true;
    return (all.errors ?? []).every(
      ({ keyword, data, propertyName }) =>
        OF_KNOWN.has(keyword) ||
        (propertyName === undefined && keyword !== 'false schema' && !isCompound(data)),
    );
  };
};

const isCompound = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** How many values there are in it, or some number over PARTS_MAX. */
const partsOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value) && value.length > PARTS_MAX) return value.length;
  let parts = 1;
  for (const name in value) {
    parts += partsOf((value as Readonly<Record<string, unknown>>)[name]);
    if (parts > PARTS_MAX) break;
  }
  return parts;
};

/** Say only that a branch has errors, which are told themselves, if it was one that can have any. */
const OF_OTHERS: ReadonlySet<string> = new Set(['if', 'oneOf', 'propertyNames']);

const issuesOf = (errors: readonly ErrorObject[]): readonly Issue[] => {
  const telling = errors.filter(({ keyword }) => !OF_OTHERS.has(keyword));
  const issues = (telling.length > 0 ? telling : errors).map((error) => ({
    pointer: pointerOf(error),
    detail: detailOf(error),
  }));
  const seen = new Set<string>();
  return issues
    .filter(({ pointer, detail }) => {
      const key = `${pointer} ${detail}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, ISSUES_MAX);
};

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The property itself where one is missing or unknown, not the object around it. */
const pointerOf = ({ instancePath, keyword, params, propertyName }: ErrorObject): string => {
  const name: unknown =
    keyword === 'required'
      ? params['missingProperty']
      : keyword === 'additionalProperties'
        ? params['additionalProperty']
        : propertyName;
  return `#${instancePath}${typeof name === 'string' ? `/${escape(name)}` : ''}`;
};

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'A time with offset (RFC 3339), such as 2026-05-04T09:00:00Z.',
  'uri-reference': 'A URI.',
  uri: 'A URI.',
  uuid: 'A UUID.',
};
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

const list = (values: unknown): string =>
  (Array.isArray(values) ? values : [values]).map((value) => JSON.stringify(value)).join(', ');

/** In plain words, and without the value: it may be personal. */
const detailOf = ({ keyword, params, message, propertyName }: ErrorObject): string => {
  const words = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'required':
      return 'Required.';
    case 'additionalProperties':
      return `Unknown field "${String(words['additionalProperty'])}".`;
    case 'enum':
      return `One of ${list(words['allowedValues'])}.`;
    case 'const':
      return `Always ${list(words['allowedValue'])}.`;
    case 'type':
      return `Must be ${TYPES[String(words['type'])] ?? String(words['type'])}.`;
    case 'format':
      return FORMATS[String(words['format'])] ?? `Not a ${String(words['format'])}.`;
    case 'pattern':
      return propertyName === undefined
        ? `Must match ${String(words['pattern'])}.`
        : `The name of the field must match ${String(words['pattern'])}.`;
    case 'minProperties':
      return 'Must not be empty.';
    case 'maxProperties':
      return `At most ${String(words['limit'])} of these fields at once.`;
    case 'false schema':
      return 'Not allowed here.';
    default:
      return `Not as it should be: ${message ?? keyword}.`;
  }
};
