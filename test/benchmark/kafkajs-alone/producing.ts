import { SystemClock } from '#kernel';
import { PostgresLog } from '#log';
import { stage } from '../../../libs/messaging/src/relay-state.js';
import { perSecond } from '../measure.js';
import { rawKafka } from './consume.js';
import type { Given, Limit } from './limit.js';

const AT_ONCE = 1_000;

/** Sends what the relay makes of a log's first entries, confirmed; it is made beforehand. */
export const producing = async ({ brokers, databaseUrl, topic, count }: Given): Promise<Limit> => {
  const records = await staged(databaseUrl, count);
  const producer = rawKafka(brokers).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    round: async () => {
      const since = performance.now();
      for (let n = 0; n < records.length; n += AT_ONCE)
        await producer.send({ topic, acks: -1, messages: records.slice(n, n + AT_ONCE) });
      return perSecond(records.length, since);
    },
    close: () => producer.disconnect(),
  };
};

const staged = async (databaseUrl: string, count: number) => {
  const log = new PostgresLog({
    name: 'ledger',
    databaseUrl,
    identityKey: new Uint8Array(32),
    clock: new SystemClock(),
  });
  const records = [];
  for (let after = -1; after < count - 1; after += AT_ONCE) {
    const page = await log.readVerbatim({ after, limit: AT_ONCE });
    records.push(...stage({ cursor: after, last: new Map() }, page).records);
  }
  await log.close();
  return records.map(({ key, value, headers, partition }) => ({
    key,
    value,
    partition,
    headers: { ...headers },
  }));
};
