import './scoped-context-cache.js';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { documentLoader } from './load-document.js';

/**
 * The canonical N-Quads of a document (RDFC-1.0), which are what a signature covers. Throws for
 * words that no context defines.
 */
export const canonicalNQuads = (document: object): Promise<string> =>
  cryptosuite.canonize(document, { documentLoader: documentLoader() });
