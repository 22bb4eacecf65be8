import { contexts, CREDENTIALS_V2 } from './contexts.js';

export type ContextTrouble =
  | { readonly code: 'context-missing' }
  /** A context written into the file: it could give any word any meaning. */
  | { readonly code: 'context-inline' }
  | { readonly code: 'context-unknown'; readonly url: string };

/**
 * What stands in the way of reading a document by our pinned contexts, wherever in it a context is
 * named; undefined if nothing does. VC Data Model 2.0 §4.3: the first one is credentials/v2.
 */
export const contextTrouble = (
  document: Readonly<Record<string, unknown>>,
): ContextTrouble | undefined => {
  const first: unknown = list(document['@context'])[0];
  if (first === undefined) return { code: 'context-missing' };
  const named = troubleIn(document);
  if (named) return named;
  return first === CREDENTIALS_V2 ? undefined : { code: 'context-missing' };
};

const list = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const troubleIn = (value: unknown): ContextTrouble | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const trouble =
      key === '@context' && !Array.isArray(value) ? troubleOf(member) : troubleIn(member);
    if (trouble) return trouble;
  }
  return undefined;
};

const troubleOf = (context: unknown): ContextTrouble | undefined => {
  for (const entry of Array.isArray(context) ? context : [context]) {
    if (typeof entry !== 'string') return { code: 'context-inline' };
    if (!contexts.has(entry)) return { code: 'context-unknown', url: entry.slice(0, 200) };
  }
  return undefined;
};
