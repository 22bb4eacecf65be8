import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

export interface Database {
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

const server = (): string => {
  const url = process.env['TEST_POSTGRES'];
  if (url === undefined) throw new Error('TEST_POSTGRES is not set: run the tests with npm test');
  return url.replace(/\/$/u, '');
};

/** A database of one's own, migrated: test files run beside each other and never clean up. */
export const createDatabase = async (
  migrations: readonly (new () => MigrationInterface)[] = [],
): Promise<Database> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: `${server()}/postgres` });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = `${server()}/${name}`;
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    poolErrorHandler: () => undefined,
  });
  await dataSource.initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  return { url, dataSource, close: () => dataSource.destroy() };
};
