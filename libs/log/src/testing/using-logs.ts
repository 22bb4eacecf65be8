import { afterEach, beforeEach, expect } from '@jest/globals';
import { createDatabase, type Database, fixedClock } from '#testing';
import { checkLog } from '../check-log.js';
import { logMigrations } from '../migrations.js';
import { PostgresLog } from '../postgres-log.js';

/** A database for each test of a file, and the logs on it, which are closed after the test. */
export interface Logs {
  readonly database: Database;
  /** Another process, so to speak, on the same log. */
  readonly open: (name?: string, databaseUrl?: string) => PostgresLog;
  /** What does not fit in the log `test`, in words. */
  readonly violations: () => Promise<readonly string[]>;
}

/** `isChecked`: after each test nothing in the log may be amiss. */
export const usingLogs = ({ isChecked = false } = {}): Logs => {
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
    open: (name = 'test', databaseUrl = database.url) => {
      const log = new PostgresLog({
        name,
        databaseUrl,
        identityKey: Buffer.alloc(32, 7),
        clock: fixedClock('2026-06-01T10:00:00.000Z'),
      });
      logs.push(log);
      return log;
    },
    violations,
  };
};
