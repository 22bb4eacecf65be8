import { format } from '../formats/caliper/index.js';
import { parseWritten } from '../formats/caliper/written.js';
import type { Item } from '../formats/format.js';
import { read as readText } from './caliper-examples.js';
import { reading } from './formats.js';

export const CONTEXT = 'http://purl.imsglobal.org/ctx/caliper/v1p2';

export type Event = Record<string, any>;
/** An official example by the name of its file. */
export const example = (name: string): Event =>
  JSON.parse(readText('fixtures', `${name}.json`)) as Event;
/** What comes of an envelope with these in it. */
export const read = async (
  items: readonly unknown[],
  dataVersion = CONTEXT,
): Promise<readonly Item[]> =>
  format.read(
    parseWritten(
      JSON.stringify({
        sensor: 'https://example.edu/sensors/1',
        sendTime: '2026-11-15T11:05:01.000Z',
        dataVersion,
        data: items,
      }),
    ),
    reading,
  );
/** What an official example is to the ledger, changed or as it is. */
export const mapped = async (name: string, change: (event: Event) => void = () => undefined) => {
  const event = example(name);
  change(event);
  const [item] = await read([event]);
  if (!item) throw new Error('nothing was read');
  return item;
};
/** The same of one that is learning. Throws if it is none. */
export const reported = async (name: string, change?: (event: Event) => void) => {
  const item = await mapped(name, change);
  if (item.is !== 'event' || item.report.is !== 'learning')
    throw new Error(`no event: ${JSON.stringify(item)}`);
  return { ...item, report: item.report };
};
