/** So many are sorted faster by insertion than by Array.sort, which copies them first. */
const FEW = 24;

/**
 * The canonical JSON of a value (JCS, RFC 8785): what is hashed. Properties that are undefined are
 * left out, and toJSON is asked, as by JSON.stringify. Throws TypeError for what is not JSON.
 */
export const canonicalJson = (value: unknown): string => {
  const ordered = inOrder(value);
  return ordered === NO_ORDER ? written(value as object) : JSON.stringify(ordered);
};

const notJson = (): TypeError => new TypeError('this value is not JSON');

/** Stands for a value with names that an object keeps in an order of its own. */
const NO_ORDER = Symbol('no order');
const [ZERO, NINE] = ['0'.charCodeAt(0), '9'.charCodeAt(0)];

/** Numbers come first in every object, and this one name is no property. */
const isKeptElsewhere = (name: string): boolean => {
  const first = name.charCodeAt(0);
  return (first >= ZERO && first <= NINE) || name === '__proto__';
};

const inOrder = (value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value)
        ? listInOrder(value)
        : objectInOrder(value as Readonly<Record<string, unknown>>);
    default:
  }
  throw notJson();
};

const listInOrder = (values: readonly unknown[]): unknown => {
  const ordered = values.map(inOrder);
  if (ordered.includes(NO_ORDER)) return NO_ORDER;
  return ordered.every((part, n) => part === values[n]) ? values : ordered;
};

const objectInOrder = (value: Readonly<Record<string, unknown>>): unknown => {
  if (typeof value['toJSON'] === 'function') return inOrder(value['toJSON']());
  const names = Object.keys(value);
  let isAsItWas = true;
  for (let n = 1; n < names.length && isAsItWas; n += 1)
    isAsItWas = (names[n - 1] as string) < (names[n] as string);
  const ordered: Record<string, unknown> = {};
  for (const name of isAsItWas ? names : sorted(names)) {
    const part = value[name];
    if (part === undefined) continue;
    const inside = inOrder(part);
    if (inside === NO_ORDER || isKeptElsewhere(name)) return NO_ORDER;
    isAsItWas &&= inside === part;
    ordered[name] = inside;
  }
  return isAsItWas ? value : ordered;
};

/** Of what cannot be put in order, part by part. */
const written = (value: object): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const properties = value as Readonly<Record<string, unknown>>;
  const parts = sorted(Object.keys(value)).flatMap((name) =>
    properties[name] === undefined
      ? []
      : [`${JSON.stringify(name)}:${canonicalJson(properties[name])}`],
  );
  return `{${parts.join(',')}}`;
};

/** By UTF-16 code units (§3.2.3), which is how ECMAScript compares. May sort in place. */
const sorted = (names: string[]): readonly string[] => {
  if (names.length > FEW) return names.toSorted();
  for (let n = 1; n < names.length; n += 1) {
    const name = names[n] as string;
    let at = n;
    for (; at > 0 && (names[at - 1] as string) > name; at -= 1) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
};
