import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type MigrationInterface } from 'typeorm';
import type { Logger } from 'pino';
import { isAway } from '#kernel';

export type Migration = new () => MigrationInterface;

const CONNECTIONS_MAX = 20;
const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
/** One process migrates at a time; the number only has to be ours. */
const MIGRATION_LOCK = 7_310_442;

/** The pool, the migrations and the read models of one service. */
export const createDataSource = (url: string, migrations: readonly Migration[]): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    poolSize: CONNECTIONS_MAX,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // A server that goes away while a connection is idle is met at the next query.
    poolErrorHandler: () => undefined,
    logging: false,
  });

/** Connects, waiting for a database that is not there yet, and brings its tables up to date. */
export const openDatabase = async (db: DataSource, logger: Logger): Promise<void> => {
  while (!db.isInitialized)
    try {
      await db.initialize();
    } catch (error) {
      if (!isAway(error)) throw error;
      logger.warn({ code: 'unavailable' }, 'waiting for the database');
      await sleep(RETRY_MS);
    }
  await migrate(db);
};

export const migrate = async (db: DataSource): Promise<readonly string[]> => {
  const lock = db.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = await db.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  }
};
