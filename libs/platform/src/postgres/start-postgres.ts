import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { prepareBinaries } from './binaries.js';
import {
  chooseDataFolder,
  type DataFolder,
  makeCluster,
  password,
  SUPERUSER,
} from './data-folder.js';
import { Lease } from './lease.js';
import { runningPostmaster, startPostmaster, stopPostmaster, untilReady } from './postmaster.js';

export interface PostgresOptions {
  /** The database is in `postgres` below it, or elsewhere if the server cannot get there. */
  readonly dataDir: string;
  /** Made unless they are there. */
  readonly databases?: readonly string[];
  /** Settings of PostgreSQL beside ours, for a server that is not running yet. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For throw-away data only: a crash of the machine may destroy it. */
  readonly fast?: boolean;
}

/** A running embedded server. */
export interface Postgres {
  url(database: string): string;
  /** Where the data really is: tell people. */
  readonly dataDir: string;
  /** True if the server was running already. */
  readonly adopted: boolean;
  /** Stops the server in order, unless another process uses it too. */
  stop(): Promise<void>;
}

const ATTEMPTS_MAX = 5;
/** How long to wait before a server that could not be brought back is tried again. */
const BRING_BACK_MS = 2_000;
const RETRY_MS = 200;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  min_wal_size: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  // Failed statements are the application's to report; with their values they would be personal.
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
} as const;

const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
} as const;

/** True, and then free again, if the port can be listened on; port 0 asks for any. */
const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(address !== null && typeof address === 'object' ? address.port : undefined),
      );
    });
  });

/** The port of last time if it is free, so that addresses people noted stay right; 0: not known. */
const choosePort = async (folder: DataFolder, known: number): Promise<string> => {
  let last = known;
  try {
    if (last === 0) last = Number(readFileSync(folder.portFile, 'utf8'));
  } catch {
    // The first start, or the machine lost power before the file was on its disk.
  }
  const port = String((await tryPort(last)) ?? (await tryPort(0)) ?? 0);
  writeFileSync(folder.portFile, port, { mode: 0o600 });
  return port;
};

class EmbeddedPostgres implements Postgres {
  readonly #folder: DataFolder;
  readonly #options: PostgresOptions;
  #lease: Lease | undefined;
  #port = 0;
  #isStopping = false;
  adopted = true;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#folder = chooseDataFolder(options.dataDir);
  }

  get dataDir(): string {
    return this.#folder.path;
  }

  url(database: string): string {
    return `postgres://${SUPERUSER}:${password(this.#folder)}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Adopts the running server if it answers; stops one that does not; starts one if none runs. */
  async attach(): Promise<void> {
    let failure: unknown;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX && !this.#isStopping; attempt++) {
      try {
        if (runningPostmaster(this.#folder) === undefined) await this.#start();
        await this.#takeLease();
        return;
      } catch (error) {
        failure = error;
        await sleep(RETRY_MS);
      }
    }
    throw failure;
  }

  async #start(): Promise<void> {
    const { settings, fast = false } = this.#options;
    const binaries = prepareBinaries(this.#folder.user);
    await makeCluster(this.#folder, binaries, fast);
    await startPostmaster(this.#folder, binaries, {
      ...SETTINGS,
      ...(fast ? FAST : {}),
      ...settings,
      port: await choosePort(this.#folder, this.#port),
    });
    this.adopted = false;
  }

  async #takeLease(): Promise<void> {
    const running = await untilReady(this.#folder);
    if (this.#port !== 0 && this.#port !== running.port)
      throw new Error(`PostgreSQL is on port ${running.port} now, no longer on ${this.#port}.`);
    this.#port = running.port;
    try {
      this.#lease = await Lease.take(this.url('postgres'), this.#folder.pgdata, () => this.#lost());
    } catch (error) {
      // One that refuses us answers. One that does not answer is stopped, and started anew.
      if (!(error instanceof DatabaseError)) await stopPostmaster(running.pid);
      throw error;
    }
    for (const name of this.#options.databases ?? ['ledger'])
      await this.#lease.createDatabase(name);
  }

  /** The server died under us: bring it back, so that what depends on it recovers by retrying. */
  #lost(): void {
    void this.#bringBack();
  }

  /** Never gives up: a full disk may have room again. */
  async #bringBack(): Promise<void> {
    for (let failures = 0; !this.#isStopping; failures += 1)
      try {
        await this.attach();
        return;
      } catch (error) {
        if (failures === 0 && !this.#isStopping)
          process.emitWarning(`The database went away and is brought back: ${String(error)}`);
        await sleep(BRING_BACK_MS, undefined, { ref: false });
      }
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const running = runningPostmaster(this.#folder);
    if (this.#lease && (await this.#lease.isLast()) && running) await stopPostmaster(running.pid);
    await this.#lease?.end();
  }
}

/**
 * Starts a real PostgreSQL from npm's binaries, or joins the one that runs on this data already
 * (left behind by a process that was killed, or of another process of ours). It listens on
 * 127.0.0.1 only, asks for a password, and has data checksums and fsync on.
 * @example const postgres = await startPostgres({ dataDir: 'data' }); postgres.url('ledger');
 */
export const startPostgres = async (options: PostgresOptions): Promise<Postgres> => {
  const postgres = new EmbeddedPostgres(options);
  await postgres.attach();
  return postgres;
};
