/** Control characters and lone surrogates among others: what JSON may have to escape. */
const MAY_BE_ESCAPED = /["\\\p{Cc}\p{Cs}]/u;
/** So many are sorted faster by insertion than by Array.sort, which copies them first. */
const FEW = 24;

/**
 * The canonical JSON of a value (JCS, RFC 8785): what is hashed. Properties that are undefined are
 * left out, and toJSON is asked, as by JSON.stringify. Throws TypeError for what is not JSON.
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      // RFC 8785 §3.2.2.3 asks for numbers as ECMAScript writes them.
      if (Number.isFinite(value)) return String(value);
      break;
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value)
        ? list(value)
        : object(value as Readonly<Record<string, unknown>>);
    default:
  }
  throw new TypeError('this value is not JSON');
};

const quoted = (text: string): string =>
  MAY_BE_ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;

const list = (values: readonly unknown[]): string => {
  let text = '';
  for (const value of values) text += `${text === '' ? '' : ','}${canonicalJson(value)}`;
  return `[${text}]`;
};

const object = (value: Readonly<Record<string, unknown>>): string => {
  if (typeof value['toJSON'] === 'function') return canonicalJson(value['toJSON']());
  let text = '';
  for (const name of sorted(Object.keys(value))) {
    const part = value[name];
    if (part !== undefined)
      text += `${text === '' ? '' : ','}${quoted(name)}:${canonicalJson(part)}`;
  }
  return `{${text}}`;
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
