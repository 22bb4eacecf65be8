import { openCopyLimit, ROWS_PER_TRANSACTION } from '../copy-limit.js';
import { entries } from '../entries.js';
import { consume, rawKafka } from './consume.js';
import type { Given, Limit } from './limit.js';

/** Reads what a topic has, and copies as many rows of a log. */
export const copying = async ({ brokers, databaseUrl, topic, count }: Given): Promise<Limit> => {
  const limit = await openCopyLimit(databaseUrl);
  return {
    round: () => {
      const rows = limit.settle(entries(count));
      let at = 0;
      return consume(rawKafka(brokers), topic, count, {
        size: ROWS_PER_TRANSACTION,
        take: ({ length }) => limit.copy(rows.slice(at, (at += length))),
      });
    },
    close: () => limit.close(),
  };
};
