import canonicalizeModule from 'canonicalize';

// Its types describe a default export that the CommonJS module does not have under Node's ESM.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** The canonical JSON of a value (JCS, RFC 8785): what is hashed. Throws for what is not JSON. */
export const canonicalJson = (value: unknown): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value is not JSON');
  return text;
};
