import { isCompactJws } from '../../compact-jws.js';
import { parseJson } from '../../json-body.js';
import type { Format } from '../format.js';

/**
 * Credentials of elsewhere as evidence of prior learning: Open Badges 3.0 (as JSON or VC-JWT), hosted
 * and signed badges of version 2.0, and CLR 2.0, of which each credential inside is verified and
 * recorded for itself. One that does not verify is refused.
 */
export const format: Format = {
  name: 'open-badges-3.0',
  path: '/v1/formats/open-badges',
  mediaTypes: ['application/json', 'application/vc', 'application/ld+json', 'application/vc+jwt'],
  summary: 'Open Badges 3.0 and 2.0 and CLR 2.0 as evidence of prior learning, verified first',
  parse: (text) => (isCompactJws(text.trim()) ? text.trim() : parseJson(text)),
  read: async (body, reading) => {
    // Loaded when it is first used: JSON-LD is large, and most systems never send a badge.
    const { readCredentials } = await import('./credentials.js');
    return readCredentials(body, reading);
  },
};
