import {
  mkdtempSync,
  openSync,
  closeSync,
  fsyncSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type Postgres, startPostgres } from '../../libs/platform/src/postgres/start-postgres.js';
import { FileKeyRing } from '#vault';
import { Disk } from './disk.js';

const MEGABYTES = 300;
const SETTINGS = { min_wal_size: '32MB', max_wal_size: '64MB', wal_writer_delay: '10s' };

describe('the disk whose power is cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-disk-'));
  chmodSync(folder, 0o755);
  let disk: Disk;
  beforeAll(() => {
    disk = new Disk(join(folder, 'disk'), MEGABYTES);
  });
  afterAll(() => {
    disk.close();
    rmSync(folder, { recursive: true });
  });
  const file = (name: string): string => join(disk.folder, name);

  it('keeps what was synced and loses the rest', async () => {
    if (cannot(disk)) return;
    writeSynced(file('synced'), 'kept');
    writeFileSync(file('not-synced'), 'lost');
    disk.cut();
    expect(() => writeFileSync(file('later'), 'never')).toThrow(/EIO/);
    await disk.comeBack();
    expect(readFileSync(file('synced'), 'utf8')).toBe('kept');
    expect(existsSync(file('not-synced')) && readFileSync(file('not-synced'), 'utf8')).not.toBe(
      'lost',
    );
  });

  it('does not take the keys that the first start made', async () => {
    if (cannot(disk)) return;
    const secret = new FileKeyRing(file('data/keys')).secret('access-tokens');
    disk.cut();
    await disk.comeBack();
    expect(new FileKeyRing(file('data/keys')).secret('access-tokens')).toEqual(secret);
  });

  it('can be full for a while', async () => {
    if (cannot(disk)) return;
    const full = disk.fill(300);
    await sleep(100);
    expect(() => writeFileSync(file('big'), Buffer.alloc(1_000_000))).toThrow(/ENOSPC/);
    await full;
    writeFileSync(file('big'), Buffer.alloc(1_000_000));
  });

  // Else a run that loses nothing would say nothing.
  it.each([
    { commit: 'on', rows: 1 },
    { commit: 'off', rows: 0 },
  ])(
    'shows what PostgreSQL acknowledged too early (synchronous_commit=$commit)',
    async ({ commit, rows }) => {
      if (cannot(disk)) return;
      const dataDir = file(`database-${commit}`);
      const postgres = await startPostgres({ dataDir, settings: SETTINGS });
      const client = await connect(postgres);
      await client.query('create table kept (n int); checkpoint');
      await client.query(`set synchronous_commit = ${commit}`);
      await client.query('insert into kept values (1)');
      disk.cut();
      await disk.comeBack();
      const again = await eventually(() => connect(postgres));
      expect((await again.query('select from kept')).rowCount).toBe(rows);
      await again.end();
      await postgres.stop();
    },
    60_000,
  );
});

/** Said and checked, not skipped: who cannot mount is told why by every run. */
const cannot = ({ reason }: Disk): boolean => {
  if (reason === undefined) return false;
  expect(reason).toMatch(/^(only root|no disk)/);
  console.warn(`not tested: ${reason}`);
  return true;
};

const writeSynced = (name: string, text: string): void => {
  const file = openSync(name, 'w');
  writeFileSync(file, text);
  fsyncSync(file);
  closeSync(file);
};

const connect = async (postgres: Postgres): Promise<Client> => {
  const client = new Client(postgres.url('ledger'));
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const eventually = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (const deadline = performance.now() + 30_000; ;)
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
};
