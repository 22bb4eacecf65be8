import type { Credential } from '#vc';
import type { Published } from '../../published-documents.js';
import type { NotProven } from './proven.js';
import { boundsOf, isObject } from './reading.js';

export const notThere = (what: string): NotProven => ({
  detail: `Nothing of that kind is published at the address of ${what}.`,
});

/** What is published, or in plain words why there is nothing. In: `what` it is, in the words of a reader. */
export const documentIn = (
  published: Published,
  what: string,
): { readonly document: unknown } | NotProven => {
  switch (published.state) {
    case 'found':
      return { document: published.document };
    case 'unreachable':
      return { detail: `The address of ${what} does not answer just now: send it again later.` };
    case 'off':
      return { detail: `This installation looks nothing up elsewhere, and so not ${what}.` };
    default:
      return notThere(what);
  }
};

/**
 * The object that is published, or in plain words why there is none. In: the id that it has to have: who
 * says that a document is at another address could say so of anybody's. Without an id it is taken as it is.
 */
export const objectIn = (
  published: Published,
  what: string,
  id?: string,
): { readonly object: Credential } | NotProven => {
  const found = documentIn(published, what);
  if ('detail' in found) return found;
  const { document } = found;
  return isObject(document) &&
    (id === undefined || document['id'] === id) &&
    boundsOf(document) === undefined
    ? { object: document }
    : notThere(what);
};

export const httpsIn = (value: unknown): string | undefined =>
  typeof value === 'string' && URL.parse(value)?.protocol === 'https:' ? value : undefined;
