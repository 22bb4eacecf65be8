import { afterEach, beforeEach, expect } from '@jest/globals';
import { pathToFileURL } from 'node:url';
import { createDatabase, type Database, fixedClock } from '#testing';
import { checkLog } from '../check-log.js';
import { LogGuard } from '../log-guard.js';
import { logMigrations } from '../migrations.js';
import { PostgresLog } from '../postgres-log.js';

/** Where the thread begins, as it ships: a thread does not run TypeScript. */
const WRITER_MAIN = pathToFileURL('dist/libs/log/src/thread/main.js');

/** A database for each test of a file, and the logs on it, which are closed after the test. */
export interface Logs {
  readonly database: Database;
  /** Another process, so to speak, on the same log. */
  readonly open: (name?: string, databaseUrl?: string, guard?: LogGuard) => PostgresLog;
  /** What does not fit in the log `test`, in words. */
  readonly violations: () => Promise<readonly string[]>;
}

/**
 * `isChecked`: after each test nothing in the log may be amiss. `inThread`: every log has a
 * writer's thread, which is compiled code; it writes what more than `fewMax` entries are.
 */
export const usingLogs = ({ isChecked = false, inThread = false, fewMax = 0 } = {}): Logs => {
  let database: Database;
  let logs: PostgresLog[] = [];
  const violations = async (): Promise<readonly string[]> => {
    const report = await checkLog({ databaseUrl: database.url, name: 'test' });
    return report.violations.map(({ what }) => what);
  };
  beforeEach(async () => {
    logs = [];
    database = await createDatabase(logMigrations);
  });
  afterEach(async () => {
    try {
      if (isChecked) expect(await violations()).toEqual([]);
    } finally {
      await Promise.all(logs.map((log) => log.close()));
      await database.close();
    }
  });
  return {
    get database() {
      return database;
    },
    open: (name = 'test', databaseUrl = database.url, guard = new LogGuard()) => {
      const log = new PostgresLog({
        name,
        databaseUrl,
        guard,
        identityKey: Buffer.alloc(32, 7),
        clock: fixedClock('2026-06-01T10:00:00.000Z'),
        ...(inThread && { writerMain: WRITER_MAIN, fewMax }),
      });
      logs.push(log);
      return log;
    },
    violations,
  };
};
