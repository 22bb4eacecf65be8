import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SystemClock } from '#kernel';
import { logMigrations, type NewEntry, PostgresLog } from '#log';
import { messagingMigrations } from '#messaging';
import { entries } from './entries.js';
import type { Bench } from './row.js';

const CALLERS = 16;
const CALL = 100;
const MADE_AT_ONCE = 50_000;

export interface OpenLog {
  readonly log: PostgresLog;
  readonly db: DataSource;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** A log of its own, empty, in this process. */
export const openLog = async (bench: Bench): Promise<OpenLog> => {
  const databaseUrl = await bench.database();
  const migrations = [...logMigrations, ...messagingMigrations];
  const db = new DataSource({ type: 'postgres', url: databaseUrl, migrations });
  await db.initialize();
  await db.runMigrations();
  const identityKey = randomBytes(32);
  const log = new PostgresLog({
    name: 'ledger',
    databaseUrl,
    identityKey,
    clock: new SystemClock(),
  });
  return {
    log,
    db,
    databaseUrl,
    close: async () => {
      await log.close();
      await db.destroy();
    },
  };
};

/** 16 callers, each with calls of 100 entries one after the other. */
export const appendAll = async (log: PostgresLog, all: readonly NewEntry[]): Promise<void> => {
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

/** Makes a log longer by so many entries. */
export const grow = async (log: PostgresLog, count: number): Promise<void> => {
  for (let made = 0; made < count; made += MADE_AT_ONCE)
    await appendAll(log, entries(Math.min(MADE_AT_ONCE, count - made)));
};
