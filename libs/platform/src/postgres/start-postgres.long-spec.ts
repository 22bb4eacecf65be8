import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { type Postgres, startPostgres } from './start-postgres.js';

jest.setTimeout(60_000);

let dataDir: string;
const running: Postgres[] = [];
const folders: string[] = [];

/** Sync costs nothing that these tests are about. */
const start = async (options: { dataDir?: string; fast?: boolean } = {}): Promise<Postgres> => {
  const postgres = await startPostgres({ dataDir, fast: true, ...options });
  running.push(postgres);
  folders.push(postgres.dataDir);
  return postgres;
};

const query = async (postgres: Postgres, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: postgres.url('ledger') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};
const setting = async (postgres: Postgres, name: string): Promise<unknown> =>
  (await query(postgres, `select current_setting('${name}') as value`))[0]?.['value'];

const pidFile = (postgres: Postgres) => join(postgres.dataDir, 'pgdata/postmaster.pid');
const postmasterOf = (postgres: Postgres) =>
  Number(readFileSync(pidFile(postgres), 'utf8').split('\n')[0]);

/** Another process of ours that starts the server and is then killed, or lives on. */
const startElsewhere = async (): Promise<ChildProcess> => {
  const script = `
    import './test/setup/typescript-hooks.js';
    const { startPostgres } = await import('./libs/platform/src/postgres/start-postgres.ts');
    const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, fast: true });
    process.send('started');
    process.once('message', () => void postgres.stop().then(() => process.exit(0)));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the other process ended')));
  });
  return child;
};
const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'ledger-'));
  chmodSync(dataDir, 0o755);
  folders.push(dataDir);
});
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('startPostgres', () => {
  it('keeps what was written, and its address, over a stop', async () => {
    const first = await start({ fast: false });
    expect(first.adopted).toBe(false);
    await query(first, 'create table t as select 42 as n');
    await first.stop();
    const second = await start({ fast: false });
    expect(second.url('ledger')).toBe(first.url('ledger'));
    expect(await query(second, 'select n from t')).toEqual([{ n: 42 }]);
  });

  it('is durable, checks its data, and lets in nobody from outside or without the password', async () => {
    const postgres = await start({ fast: false });
    for (const [name, value] of Object.entries({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      unix_socket_directories: '',
    }))
      expect([name, await setting(postgres, name)]).toEqual([name, value]);
    const url = new URL(postgres.url('ledger'));
    for (const password of ['', 'wrong']) {
      url.password = password;
      const client = new Client({ connectionString: url.href });
      await expect(client.connect()).rejects.toThrow(/password/u);
    }
    expect(statSync(join(postgres.dataDir, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(postgres.dataDir).mode & 0o777).toBe(0o700);
  });

  it('adopts the server that a killed process left behind, and stops it in the end', async () => {
    const other = await startElsewhere();
    const gone = ended(other);
    other.kill('SIGKILL');
    await gone;
    const postgres = await start();
    expect(postgres.adopted).toBe(true);
    await query(postgres, 'select 1');
    await postgres.stop();
    await expect(query(postgres, 'select 1')).rejects.toThrow(/ECONNREFUSED/u);
  });

  it('leaves the server to another process that still uses it', async () => {
    const other = await startElsewhere();
    const postgres = await start();
    await postgres.stop();
    await query(postgres, 'select 1');
    const gone = ended(other);
    other.send('stop');
    await gone;
    await expect(query(postgres, 'select 1')).rejects.toThrow(/ECONNREFUSED/u);
  });

  it('lets several start at once', async () => {
    const all = await Promise.all([start(), start(), start()]);
    expect(new Set(all.map((postgres) => postgres.url('ledger'))).size).toBe(1);
    expect(new Set(all.map(postmasterOf)).size).toBe(1);
  });

  /** What is in the table once the server answers. */
  const eventually = async (postgres: Postgres): Promise<unknown> => {
    const deadline = Date.now() + 20_000;
    for (;;)
      try {
        return await query(postgres, 'select n from t');
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(50);
      }
  };

  it('brings a killed server back at the same address, with what was committed', async () => {
    const postgres = await start({ fast: false });
    await query(postgres, 'create table t as select 42 as n');
    const killed = postmasterOf(postgres);
    process.kill(killed, 'SIGKILL');
    expect(await eventually(postgres)).toEqual([{ n: 42 }]);
    expect(postmasterOf(postgres)).not.toBe(killed);
  });

  it('goes on trying for as long as the server cannot be brought back', async () => {
    const postgres = await start({ fast: false });
    await query(postgres, 'create table t as select 42 as n');
    const settings = join(postgres.dataDir, 'pgdata/postgresql.conf');
    const good = readFileSync(settings);
    writeFileSync(settings, 'there is no such setting');
    const warned = Promise.withResolvers<unknown>();
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(warned.resolve);
    process.kill(postmasterOf(postgres), 'SIGKILL');
    expect(await warned.promise).toContain('is brought back');
    warning.mockRestore();
    writeFileSync(settings, good);
    expect(await eventually(postgres)).toEqual([{ n: 42 }]);
  });

  it('stops a server that no longer answers, and starts another', async () => {
    const other = await startElsewhere();
    const gone = ended(other);
    other.kill('SIGKILL');
    await gone;
    const hung = Number(
      readFileSync(join(dataDir, 'postgres/pgdata/postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(hung, 'SIGSTOP');
    const postgres = await start();
    expect(postgres.adopted).toBe(false);
    expect(postmasterOf(postgres)).not.toBe(hung);
  });

  it('is not misled by a pid that another program has now', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(
      pidFile(first),
      `${process.pid}\n/d\n1764000000\n5444\n\n127.0.0.1\n 1 2\nready   \n`,
    );
    chmodSync(pidFile(first), 0o644);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('is left in order by a process that does nothing else', async () => {
    const ours = await start();
    const script = `
      import './test/setup/typescript-hooks.js';
      const { startPostgres } = await import('./libs/platform/src/postgres/start-postgres.ts');
      const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, fast: true });
      await postgres.stop();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(await query(ours, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('is not stopped for good by the empty file of a start on a full disk', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(pidFile(first), '');
    chmodSync(pidFile(first), 0o644);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('says what PostgreSQL said when it does not start', async () => {
    const postgres = startPostgres({ dataDir, fast: true, settings: { shared_buffers: 'plenty' } });
    await expect(postgres).rejects.toThrow(/did not start[^]*shared_buffers/u);
  });
});

/** PostgreSQL refuses to run as root, so then it runs as somebody who cannot get everywhere. */
const describeAsRoot = (name: string, run: () => void): void => {
  if (process.getuid?.() === 0) describe(name, run);
  else
    process.stderr.write(`not met here: ${name}: only root starts PostgreSQL as somebody else\n`);
};
describeAsRoot('startPostgres as root', () => {
  it('runs as nobody', async () => {
    const postgres = await start();
    const status = readFileSync(`/proc/${postmasterOf(postgres)}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534/mu);
    expect(status).toMatch(/^Groups:\t\s*$/mu);
  });

  it('puts the data elsewhere, and tells where, if the server cannot get there', async () => {
    chmodSync(dataDir, 0o700);
    const first = await start({ dataDir: join(dataDir, 'data') });
    expect(first.dataDir).toMatch(/^\/var\/tmp\/lifelong-learning-ledger-0\/data-\w{12}$/u);
    expect(statSync(first.dataDir)).toMatchObject({ uid: 65_534, mode: 0o40_700 });
    await query(first, 'create table t as select 42 as n');
    await first.stop();
    // Where data is already, it stays, also when the way is open now.
    chmodSync(dataDir, 0o755);
    const second = await start({ dataDir: join(dataDir, 'data') });
    expect(second.dataDir).toBe(first.dataDir);
    expect(await query(second, 'select n from t')).toEqual([{ n: 42 }]);
  });

  it('refuses rather than start empty where data became unreachable', async () => {
    const first = await start();
    await first.stop();
    chmodSync(dataDir, 0o700);
    await expect(startPostgres({ dataDir })).rejects.toThrow(/cannot get there/u);
  });

  it('does not believe a folder below /var/tmp that somebody else made', async () => {
    const { sharedFolder, sharedFolderPath } = await import('./shared-folder.js');
    mkdirSync(sharedFolderPath(dataDir));
    chmodSync(sharedFolderPath(dataDir), 0o777);
    expect(() => sharedFolder(dataDir)).toThrow(/only you can write/u);
  });
});
