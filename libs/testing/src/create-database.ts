import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

type Migration = new () => MigrationInterface;

/** A database of one's own: created for one test file. */
export interface Database {
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 10;

/** The address of a database on the server of this test run. Throws if there is none. */
export const testDatabaseUrl = (database: string): string => {
  const server = process.env['TEST_POSTGRES'];
  if (!server) throw new Error('TEST_POSTGRES is not set: run the tests with npm test.');
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};

const dataSourceAt = (url: string, migrations: readonly Migration[]): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    poolSize: CONNECTIONS_MAX,
    // A test may stop the server or drop the database: the next query meets it.
    poolErrorHandler: () => undefined,
    logging: false,
  });

const onServer = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: testDatabaseUrl('postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Named after what the migrations say, so that another version of one makes another template. */
const templateOf = (migrations: readonly Migration[]): string => {
  const text = migrations.map((migration) => `${migration.name}\n${String(migration)}`).join('\n');
  return `template_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
};

/** Migrates once for all test files and workers of a run; the others wait for it. */
const prepareTemplate = async (
  client: Client,
  template: string,
  migrations: readonly Migration[],
): Promise<void> => {
  await client.query('select pg_advisory_lock(hashtext($1))', [template]);
  const known = await client.query('select from pg_database where datname = $1', [template]);
  if (known.rowCount === 0) {
    const draft = `draft_${randomBytes(6).toString('hex')}`;
    await client.query(`create database ${draft}`);
    const db = dataSourceAt(testDatabaseUrl(draft), migrations);
    try {
      await db.initialize();
      await db.runMigrations({ transaction: 'each' });
      await db.destroy();
      await client.query(`alter database ${draft} rename to ${template}`);
    } catch (error) {
      if (db.isInitialized) await db.destroy();
      await client.query(`drop database ${draft} with (force)`);
      throw error;
    }
  }
  await client.query('select pg_advisory_unlock(hashtext($1))', [template]);
};

/** What is still connected (a pool that lingers) is not disturbed: the server goes with the run. */
const dropUnlessInUse = async (client: Client, name: string): Promise<void> => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const users = await client.query('select from pg_stat_activity where datname = $1', [name]);
    if (users.rowCount === 0) {
      await client.query(`drop database ${name}`);
      return;
    }
    await sleep(20);
  }
};

/**
 * A new database with these migrations run, cloned from a template where one is there already
 * (some 40 ms). `close` ends the connections and drops it.
 */
export const createDatabase = async (migrations: readonly Migration[] = []): Promise<Database> => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(async (client) => {
    const template = templateOf(migrations);
    if (migrations.length > 0) await prepareTemplate(client, template, migrations);
    await client.query(
      `create database ${name} template ${migrations.length > 0 ? template : 'template0'}`,
    );
  });
  const url = testDatabaseUrl(name);
  const dataSource = await dataSourceAt(url, migrations).initialize();
  return {
    url,
    dataSource,
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await onServer((client) => dropUnlessInUse(client, name));
    },
  };
};
