import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { newId, SystemClock } from '#kernel';
import { LogGuard, logMigrations, type NewEntry, PostgresLog, SealingJournal } from '#log';
import { createDatabase, type Database, inMemoryVault, serve, testDatabaseUrl } from '#testing';
import { OwnLog } from '../own-log.js';
import type { TransparencySettings } from '../settings.js';
import { transparency } from '../transparency.module.js';

/** A fact that says nothing of a person. */
export const entry = (n: number): NewEntry => ({
  id: newId('evt'),
  kind: 'share-stopped',
  time: new Date('2026-05-01T10:00:00Z'),
  data: { shareId: `shr_${n}` },
});
export const entries = (count: number): NewEntry[] =>
  Array.from({ length: count }, (_, n) => entry(n));

/** A log in a database of its own, published and served. */
export interface RunningLog {
  readonly app: NestFastifyApplication;
  readonly log: PostgresLog;
  readonly guard: LogGuard;
  readonly database: Database;
  readonly checkpointsDir: string;
  /** Lets the checkpointer look once more, at once. */
  step(): Promise<void>;
  get(path: string, headers?: Record<string, string>): ReturnType<NestFastifyApplication['inject']>;
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly database?: Database;
  readonly checkpointsDir?: string;
  readonly name?: string;
  /** Somebody has said that nothing was published before. */
  readonly isFirst?: boolean;
  readonly settings?: Partial<TransparencySettings>;
}

export const createLogDatabase = (): Promise<Database> => createDatabase(logMigrations);

/** Starts one; with a database or a folder of an earlier one, as a restart or a restore would. */
export const runLog = async (options: RunOptions = {}): Promise<RunningLog> => {
  const { name = 'ledger' } = options;
  const database = options.database ?? (await createLogDatabase());
  const checkpointsDir = options.checkpointsDir ?? (await mkdtemp(join(tmpdir(), 'checkpoints-')));
  const clock = new SystemClock();
  const guard = new LogGuard();
  const identityKey = Buffer.alloc(32, 7);
  const log = new PostgresLog({ name, databaseUrl: database.url, identityKey, clock, guard });
  const vault = inMemoryVault();
  const app = await serve(transparency({ checkpointsDir, ...options.settings }), {
    db: database.dataSource,
    clock,
    vault,
    journal: new SealingJournal(log, vault, clock),
    log,
    guard,
  });
  const own = app.get(OwnLog);
  await own.start();
  if (options.isFirst) await own.begin();
  return {
    app,
    log,
    guard,
    database,
    checkpointsDir,
    step: () => own.step(),
    get: (url, headers = {}) => app.inject({ method: 'GET', url, headers }),
    stop: async () => {
      await own.stop();
      // Who gave up on a log may have left a connection that is still to be answered.
      app.getHttpServer().closeAllConnections();
      await app.close();
      await log.close();
    },
  };
};

/** Changes what the triggers protect, as somebody with the database's own rights could. */
export const tamper = async (database: Database, statement: string): Promise<void> => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query(statement);
  await client.end();
};

/** A copy of a database as it is now: a backup that is restored under another name. */
export const copyDatabase = async ({ url }: Database): Promise<Database> => {
  const copy = await createDatabase();
  const [from, to] = [url, copy.url].map((address) => new URL(address).pathname.slice(1));
  await copy.dataSource.destroy();
  const client = new Client({ connectionString: testDatabaseUrl('postgres') });
  await client.connect();
  // A template must have nobody connected: the log's own connections come back by themselves.
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${from}'`;
  await client.query(`drop database ${to}`);
  for (let attempt = 0; ; attempt += 1) {
    await client.query(end);
    try {
      await client.query(`create database ${to} template ${from}`);
      break;
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
  await client.end();
  await copy.dataSource.initialize();
  return copy;
};

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true });
