import type { Format } from '../../../formats/format.js';

/** As small as a format can be: it shows that a folder is all there is to adding one. */
export const format: Format = {
  name: 'csv',
  path: '/toy',
  mediaTypes: ['text/plain'],
  summary: 'A name, a line',
  parse: (text) => text.split('\n'),
  read: (lines) =>
    (lines as string[]).map((because, n) => ({ pointer: `#/${n}`, is: 'telemetry', because })),
};
