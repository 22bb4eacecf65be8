import { openCopyLimit } from '../copy-limit.js';
import { entries } from '../entries.js';
import { perSecond } from '../measure.js';
import { appendAll, grow, openLog } from '../open-log.js';
import type { Measured, Prepared, Row } from '../row.js';
import type { PostgresLog } from '#log';

const measureAppend = async (log: PostgresLog, count: number): Promise<Measured> => {
  const all = entries(count);
  const since = performance.now();
  await appendAll(log, all);
  return perSecond(count, since);
};

/** Append alone: prepared, deduplicated, in the tree and committed, beside a COPY of the same. */
export const append: Row = {
  row: 'append',
  unit: 'entries/s',
  must: 0.7,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 100_000 : 200_000;
    const opened = await openLog(bench);
    const { log } = opened;
    const limit = await openCopyLimit(opened.databaseUrl);
    await grow(log, 10_000);
    return {
      ours: () => measureAppend(log, count),
      limit: () => limit.round(entries(count)),
      close: async () => {
        await opened.close();
        await limit.close();
      },
    };
  },
};

const SMALL = 10_000;
const LARGE = 5_000_000;
const LARGE_IF_QUICK = 500_000;

/** Append to a log of 5,000,000 entries, beside append to one of 10,000. */
export const growth: Row = {
  row: 'growth',
  unit: 'entries/s',
  must: 0.85,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 50_000 : 100_000;
    const large = await openLog(bench);
    await grow(large.log, bench.isQuick ? LARGE_IF_QUICK : LARGE);
    return {
      ours: () => measureAppend(large.log, count),
      limit: async () => {
        const small = await openLog(bench);
        await grow(small.log, SMALL);
        const measured = await measureAppend(small.log, count);
        await small.close();
        return measured;
      },
      close: () => large.close(),
    };
  },
};
