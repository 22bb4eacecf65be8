import { contexts, CREDENTIALS_V2 } from './contexts.js';

export type ContextTrouble =
  | { readonly code: 'context-missing' }
  /** A context written into the file: it could give any word any meaning. */
  | { readonly code: 'context-inline' }
  | { readonly code: 'context-unknown'; readonly url: string }
  /** JSON-LD that means the same to a signature and hides it from who reads the JSON. */
  | { readonly code: 'form-unusual' }
  | { readonly code: 'too-complex' };

/** How often a document may name a context, each of which costs some milliseconds. */
const CONTEXTS_MAX = 64;
/** Of the keywords of JSON-LD 1.1, those that a compact document needs. */
const KEYWORDS = new Set(['@context', '@value', '@language', '@direction']);

/**
 * What stands in the way of reading a document as JSON by our pinned contexts, anywhere in it;
 * undefined if nothing does. VC Data Model 2.0 §4.3: the first context is credentials/v2, and
 * §4.2: the document is in compacted form. A member under its full IRI (or in `@included`,
 * `@reverse` …) would be signed alike, and a status entry under such a name would be overlooked.
 */
export const contextTrouble = (
  document: Readonly<Record<string, unknown>>,
): ContextTrouble | undefined => {
  const [first] = list(document['@context']);
  if (first === undefined) return { code: 'context-missing' };
  const count = { contexts: 0 };
  const trouble = troubleIn(document, count);
  if (trouble) return trouble;
  if (count.contexts > CONTEXTS_MAX) return { code: 'too-complex' };
  return first === CREDENTIALS_V2 ? undefined : { code: 'context-missing' };
};

const list = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const troubleIn = (value: unknown, count: { contexts: number }): ContextTrouble | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    if (!isList && (key.includes(':') || (key.startsWith('@') && !KEYWORDS.has(key))))
      return { code: 'form-unusual' };
    const trouble =
      key === '@context' && !isList ? troubleOf(member, count) : troubleIn(member, count);
    if (trouble) return trouble;
  }
  return undefined;
};

const troubleOf = (context: unknown, count: { contexts: number }): ContextTrouble | undefined => {
  for (const entry of Array.isArray(context) ? context : [context]) {
    count.contexts += 1;
    if (typeof entry !== 'string') return { code: 'context-inline' };
    if (!contexts.has(entry)) return { code: 'context-unknown', url: entry.slice(0, 200) };
  }
  return undefined;
};
