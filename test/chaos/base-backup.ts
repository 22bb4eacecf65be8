import { chownSync, cpSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Postgres } from '../../libs/platform/src/postgres/start-postgres.js';

/**
 * A base backup of a running server, as "Making a Base Backup Using the Low Level API" of
 * PostgreSQL's manual has it: its files are copied while it writes, and the write-ahead log makes
 * them whole when the copy is started. Embedded servers come without pg_basebackup, which does the
 * same. In: a folder for `startPostgres({ dataDir })`, not there yet. Out: resolves when it is complete.
 */
export const backUp = async (postgres: Postgres, dataDir: string): Promise<void> => {
  const copy = join(dataDir, 'postgres');
  const client = new Client(postgres.url('postgres'));
  await client.connect();
  try {
    await client.query(`select pg_backup_start('backup', fast => true)`);
    cpSync(postgres.dataDir, copy, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !/\/(?:postmaster\.(?:pid|opts)|port|pg_wal\/\w+)$/u.test(path),
    });
    const { rows } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(wait_for_archive => false)',
    );
    writeFileSync(join(copy, 'pgdata/backup_label'), rows[0]?.labelfile ?? '');
    // What was written meanwhile: without it the copy is not consistent.
    const wal = 'pgdata/pg_wal';
    rmSync(join(copy, wal), { recursive: true, force: true });
    cpSync(join(postgres.dataDir, wal), join(copy, wal), { recursive: true });
    giveTo(postgres.dataDir, copy);
  } finally {
    await client.end();
  }
};

/** A copy belongs to whom the server runs as, like the original; only root can make it so. */
const giveTo = (original: string, copy: string): void => {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(join(original, 'pgdata'));
  for (const path of ['.', ...readdirSync(copy, { recursive: true, encoding: 'utf8' })])
    chownSync(join(copy, path), uid, gid);
};
