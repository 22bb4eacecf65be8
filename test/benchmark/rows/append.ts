import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type NewEntry, logMigrations, PostgresLog } from '#log';
import { SystemClock } from '#kernel';
import { openCopyLimit } from '../copy-limit.js';
import { entries } from '../entries.js';
import { perSecond } from '../measure.js';
import type { Bench, Prepared, Row } from '../row.js';

const CALLERS = 16;
const CALL = 100;

const openLog = async (bench: Bench): Promise<{ log: PostgresLog; databaseUrl: string }> => {
  const databaseUrl = await bench.database();
  const db = new DataSource({ type: 'postgres', url: databaseUrl, migrations: logMigrations });
  await db.initialize();
  await db.runMigrations();
  await db.destroy();
  const options = { name: 'ledger', databaseUrl, identityKey: randomBytes(32) };
  return { log: new PostgresLog({ ...options, clock: new SystemClock() }), databaseUrl };
};

const appendAll = async (log: PostgresLog, all: readonly NewEntry[]): Promise<void> => {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < all.length) {
      const from = next;
      next += CALL;
      await log.append(all.slice(from, from + CALL));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
};

/** Append alone: prepared, deduplicated, in the tree and committed, beside a COPY of the same. */
export const append: Row = {
  row: 'append',
  unit: 'entries/s',
  must: 0.7,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 100_000 : 200_000;
    const { log, databaseUrl } = await openLog(bench);
    const limit = await openCopyLimit(databaseUrl);
    await appendAll(log, entries(10_000));
    return {
      ours: async () => {
        const all = entries(count);
        const since = performance.now();
        await appendAll(log, all);
        return perSecond(count, since);
      },
      limit: () => limit.round(entries(count)),
      close: async () => {
        await log.close();
        await limit.close();
      },
    };
  },
};
