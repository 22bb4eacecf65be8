import { createRequire } from 'node:module';
import { copying } from './copying.js';
import { counting } from './counting.js';
import type { Given } from './limit.js';
import { producing } from './producing.js';

/** The process of a limit: kafkajs as it comes, with nothing of ours in its place. */
const limits = { copying, counting, producing };
export type LimitName = keyof typeof limits;

const isAsItComes = (): boolean => {
  const require = createRequire(import.meta.url);
  const read: unknown = require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js');
  const group: unknown = require('kafkajs/src/producer/groupMessagesPerPartition.js');
  return String(read).includes('HeaderDecoder') && String(group).includes('reduce');
};
if (!isAsItComes()) throw new Error('kafkajs is not as it comes: something of ours was imported');

const [name = '', given = '{}'] = process.argv.slice(2);
const limit = await limits[name as LimitName](JSON.parse(given) as Given);
process.on('message', (asked) => {
  if (asked === 'round') void limit.round().then((measured) => process.send?.(measured));
  else void limit.close().then(() => process.disconnect());
});
process.send?.('ready');
