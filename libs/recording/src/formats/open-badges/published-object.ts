import type { Credential } from '#vc';
import type { Published } from '../../published-documents.js';
import type { NotProven } from './proven.js';
import { boundsOf, isObject } from './reading.js';

export const notThere = (what: string): NotProven => ({
  detail: `Nothing of that kind is published at the address of ${what}.`,
});

/**
 * The object that is published, or in plain words why there is none. In: `what` it is, in the words of
 * a reader, and the id that it has to have: who says that a document is at another address could say so
 * of anybody's. Without an id it is taken as it is.
 */
export const objectIn = (
  published: Published,
  what: string,
  id?: string,
): { readonly object: Credential } | NotProven => {
  if (published.state === 'unreachable')
    return { detail: `The address of ${what} does not answer just now: send it again later.` };
  return published.state === 'found' &&
    isObject(published.document) &&
    (id === undefined || published.document['id'] === id) &&
    boundsOf(published.document) === undefined
    ? { object: published.document }
    : notThere(what);
};

export const httpsIn = (value: unknown): string | undefined =>
  typeof value === 'string' && URL.parse(value)?.protocol === 'https:' ? value : undefined;
