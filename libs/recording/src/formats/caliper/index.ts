import type { Format, Item, Reading } from '../format.js';
import { checkItem } from './check.js';
import { endpointConfiguration } from './endpoint-configuration.js';
import { envelopeOf } from './envelope.js';
import { mapItem } from './mapping.js';
import { parseWritten, partOf, type Written } from './written.js';

export { validateCaliper } from './validate.js';

/** Caliper Analytics 1.2, and 1.1 as many systems still send it: an envelope of events. */
export const format: Format = {
  name: 'caliper-1.2',
  path: '/caliper',
  mediaTypes: ['application/json'],
  summary: 'Caliper 1.2 envelope',
  about: {
    summary: 'The configuration of the Caliper endpoint, for sensors that ask before they send',
    answer: endpointConfiguration,
  },
  parse: parseWritten,
  read: (body, reading) => readEnvelope(body as Written, reading),
};

const readEnvelope = ({ value, numbers }: Written, reading: Reading): readonly Item[] => {
  const { version, data } = envelopeOf(value);
  const written = partOf(numbers, 'data');
  return data.map((item, n): Item => {
    const pointer = `#/data/${n}`;
    const issues = checkItem(item, version, pointer, partOf(written, n));
    if (issues.length > 0) return { pointer, is: 'refused', issues };
    const mapped = mapItem(item, pointer, reading);
    return mapped.is === 'event' ? { ...mapped, format: `caliper-${version}` } : mapped;
  });
};
