import type { DocumentLoader } from '@digitalbazaar/data-integrity';
import { contexts } from './contexts.js';
import { VcError } from './vc-error.js';

/**
 * The document loader of JSON-LD and Data Integrity: pinned contexts, and the documents that are
 * handed in (verification methods, by id). It has no way to the network. Throws VcError
 * `document-unknown` for any other address.
 */
export const documentLoader =
  (documents: ReadonlyMap<string, object> = new Map()): DocumentLoader =>
  async (url) => {
    const document = contexts.get(url) ?? documents.get(url);
    if (!document) throw new VcError('document-unknown', url.slice(0, 200));
    return { contextUrl: null, documentUrl: url, document };
  };
