import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { messagingMigrations } from '../migrations.js';

/** A new database on the server at TEST_POSTGRES, with messaging's tables; `drop` removes it. */
export const openTestDatabase = async (
  options: { poolSize?: number } = {},
): Promise<{ db: DataSource; url: string; drop: () => Promise<void> }> => {
  const server = process.env['TEST_POSTGRES'];
  if (server === undefined) throw new Error('TEST_POSTGRES is not set');
  const name = `messaging_${randomUUID().replaceAll('-', '')}`;
  const admin = await new DataSource({ type: 'postgres', url: server }).initialize();
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const db = await new DataSource({
    type: 'postgres',
    url: url.href,
    migrations: messagingMigrations,
    migrationsRun: true,
    poolSize: options.poolSize ?? 10,
    poolErrorHandler: () => undefined,
  }).initialize();
  const drop = async (): Promise<void> => {
    if (db.isInitialized) await db.destroy();
    await admin.query(`drop database ${name} with (force)`);
    await admin.destroy();
  };
  return { db, url: url.href, drop };
};
