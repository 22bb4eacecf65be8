import { randomBytes } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isRoot, postgresBinaries, UNPRIVILEGED } from './binaries.js';
import { postgresDataFolder } from './data-folder.js';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 20_000;
const POLL_MS = 25;
const USER = 'ledger';

/** A PostgreSQL server that we started, or found running from an earlier start. */
export interface Postgres {
  /** The address of a database on it. */
  url(database: string): string;
  /** Where its data lies. */
  readonly dataDir: string;
  /** True where the data is not under DATA_DIR, which its user cannot reach. */
  readonly moved: boolean;
  /** True where it was running already: the process that started it was killed. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

const asServerUser = () => (isRoot() ? UNPRIVILEGED : {});

/** Durable by default. `fast` gives that up: for tests, whose data nobody misses. */
const settings = (port: number, folder: string, fast: boolean): readonly string[] => {
  const all: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: fast ? '300' : '100',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    wal_compression: 'on',
    logging_collector: 'off',
    log_min_messages: 'warning',
    idle_in_transaction_session_timeout: '60s',
    ...(fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return [
    '-D',
    folder,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
};

/**
 * Starts a real PostgreSQL from npm's binaries on loopback, with data under DATA_DIR: makes the
 * cluster on first use (checksums on, SCRAM), adopts a server that an earlier, killed process left
 * running. Throws an error that says what to do where it cannot.
 */
export const startPostgres = async (options: {
  readonly dataDir: string;
  readonly fast?: boolean;
}): Promise<Postgres> => {
  const bin = join(postgresBinaries(), 'bin');
  const { path: folder, moved } = postgresDataFolder(options.dataDir);
  if (!existsSync(join(folder, 'PG_VERSION'))) createCluster(bin, folder);
  const password = readFileSync(join(folder, 'ledger-password'), 'utf8').trim();
  const server = (port: number, adopted: boolean, pid: number): Postgres => ({
    url: (database) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`,
    dataDir: folder,
    moved,
    adopted,
    stop: () => stop(pid),
  });

  const running = readPidFile(folder);
  if (running && isAlive(running.pid)) {
    const orphan = server(running.port, true, running.pid);
    await waitUntilReady(orphan.url('postgres'), () => isAlive(running.pid), folder);
    await ensureDatabase(orphan.url('postgres'));
    return orphan;
  }
  // What a killed server left behind; with it PostgreSQL would ask whether another one runs.
  rmSync(join(folder, 'postmaster.pid'), { force: true });
  const port = await freePort();
  const log = openSync(join(folder, 'server.log'), 'w', 0o600);
  // A process group of its own: Ctrl+C in a terminal reaches us, and we end it after we are done.
  const child = spawn(join(bin, 'postgres'), settings(port, folder, options.fast ?? false), {
    ...asServerUser(),
    detached: true,
    cwd: folder,
    stdio: ['ignore', log, log],
  });
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  child.unref();
  if (child.pid === undefined)
    throw new Error('PostgreSQL could not be started', { cause: failure });
  const { pid } = child;
  const started = server(port, false, pid);
  await waitUntilReady(started.url('postgres'), () => child.exitCode === null && !failure, folder);
  await ensureDatabase(started.url('postgres'));
  return started;
};

const createCluster = (bin: string, folder: string): void => {
  const password = randomBytes(24).toString('hex');
  const file = join(folder, '..', `ledger-password-${process.pid}`);
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  if (isRoot()) chownSync(file, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  try {
    const { status, stderr, error } = spawnSync(
      join(bin, 'initdb'),
      [
        '-D',
        folder,
        `--username=${USER}`,
        `--pwfile=${file}`,
        '--auth=scram-sha-256',
        '--locale=C',
        '--encoding=UTF8',
        '--data-checksums',
      ],
      { ...asServerUser(), cwd: folder, encoding: 'utf8' },
    );
    if (status !== 0)
      throw new Error(`PostgreSQL could not make its data folder ${folder}.\n${stderr}`, {
        cause: error,
      });
    const kept = join(folder, 'ledger-password');
    writeFileSync(kept, `${password}\n`, { mode: 0o600 });
    if (isRoot()) chownSync(kept, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  } finally {
    rmSync(file, { force: true });
  }
};

/** Lines 1 and 4 of postmaster.pid are the process id and the port. */
const readPidFile = (folder: string): { pid: number; port: number } | undefined => {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n').map(Number);
  return pid && port ? { pid, port } : undefined;
};

/** A process of this id that is a PostgreSQL: ids are used again after a reboot. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const command = `/proc/${pid}/cmdline`;
  return !existsSync(command) || readFileSync(command, 'utf8').includes('postgres');
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });

const waitUntilReady = async (
  url: string,
  isRunning: () => boolean,
  folder: string,
): Promise<void> => {
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!isRunning() || Date.now() > deadline)
        throw new Error(`PostgreSQL did not start; ${join(folder, 'server.log')} says why.`, {
          cause: error,
        });
    }
    await sleep(POLL_MS);
  }
};

const ensureDatabase = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query("select 1 from pg_database where datname = 'ledger'");
  if (rowCount === 0) await client.query('create database ledger');
  await client.end();
};

/** Fast shutdown (SIGINT): open transactions are rolled back, everything committed is on disk. */
const stop = async (pid: number): Promise<void> => {
  const deadline = Date.now() + STOP_MS_MAX;
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    return;
  }
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error('PostgreSQL did not stop');
    await sleep(POLL_MS);
  }
};
