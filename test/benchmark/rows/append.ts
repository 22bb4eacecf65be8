import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type NewEntry, logMigrations, PostgresLog } from '#log';
import { SystemClock } from '#kernel';
import { copyRound } from '../copy-limit.js';
import { entries } from '../entries.js';
import type { Bench, Measured, Prepared, Row } from '../row.js';

const CALLERS = 16;
const CALL = 100;

const rate = (count: number, since: number): Measured => ({
  rate: (count * 1_000) / (performance.now() - since),
  loadGeneratorCpuShare: 0,
});

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
  aim: 0.85,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 100_000 : 200_000;
    const { log, databaseUrl } = await openLog(bench);
    const limit = await copyRound(databaseUrl);
    await appendAll(log, entries(10_000));
    return {
      ours: async () => {
        const all = entries(count);
        const since = performance.now();
        await appendAll(log, all);
        return rate(count, since);
      },
      limit: async () => {
        const rows = entries(count);
        return limit.round(rows);
      },
      close: async () => {
        await log.close();
        await limit.close();
      },
    };
  },
};
