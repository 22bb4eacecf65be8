import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Kafka, startKafka } from '../../deploy/kafka/start-kafka.js';
import { type Postgres, startPostgres } from '../../libs/platform/src/postgres/start-postgres.js';
import { freePort } from '../processes/ledger-process.js';
import { Disk } from './disk.js';
import { TcpProxy } from './tcp-proxy.js';

const LOOK_MS = 200;
/** A server that comes back by itself does it sooner. */
const PATIENCE_MS = 3_000;
const DISK_MB = 700;
const DISK_MB_A_MINUTE = 120;

/** Small, so that its write-ahead log leaves room on a small disk. */
const SETTINGS = {
  shared_buffers: '128MB',
  min_wal_size: '64MB',
  max_wal_size: '256MB',
  max_connections: '200',
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

/** PostgreSQL and Kafka, behind a proxy each, brought back whenever they end. */
export class Servers {
  readonly folder = mkdtempSync(join(tmpdir(), 'ledger-chaos-'));
  /** What must outlast a crash: the database, and the keys and checkpoints of the ledger. */
  readonly disk: Disk;
  readonly postgresProxy: TcpProxy;
  readonly kafkaProxy: TcpProxy;
  readonly #stopping = new AbortController();
  #keeping: Promise<unknown> | undefined;
  #postgres: Postgres | undefined;
  #kafka: Kafka | undefined;
  #kafkaPort = 0;
  #ports = { postgres: 0, kafka: 0 };
  #databases = 0;

  constructor(
    minutes: number,
    private readonly needsKafka: boolean,
  ) {
    // Open to all, as servers do not run as root.
    chmodSync(this.folder, 0o755);
    const megabytes = Math.ceil(DISK_MB + minutes * DISK_MB_A_MINUTE);
    this.disk = new Disk(join(this.folder, 'disk'), megabytes);
    this.postgresProxy = new TcpProxy(() => this.#postgresPort);
    this.kafkaProxy = new TcpProxy(() => this.#kafkaPort);
  }

  async start(): Promise<this> {
    this.#ports.postgres = await this.postgresProxy.listen();
    this.#postgres = await startPostgres({ dataDir: this.#postgresDir, settings: SETTINGS });
    if (this.needsKafka) {
      this.#ports.kafka = await this.kafkaProxy.listen();
      this.#kafkaPort = await freePort();
      await this.#startKafka();
    }
    this.#keeping = Promise.all([this.#keepPostgres(), this.#keepKafka()]);
    return this;
  }

  /** The way to Kafka that the nemesis can cut; empty where there is no Kafka. */
  get brokers(): string {
    return this.needsKafka ? `127.0.0.1:${this.#ports.kafka}` : '';
  }

  get directBroker(): string {
    return `127.0.0.1:${this.#kafkaPort}`;
  }

  get kafkaPid(): number | undefined {
    return this.#kafka?.pid;
  }

  get postmasterPid(): number | undefined {
    try {
      const file = join(this.#postgres?.dataDir ?? '', 'pgdata/postmaster.pid');
      return Number(readFileSync(file, 'utf8').split('\n')[0]) || undefined;
    } catch {
      return undefined;
    }
  }

  /** A new, empty database: the way to it that the nemesis can cut. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `chaos_${this.#databases}`;
    const client = new Client(this.#direct('postgres'));
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    const url = new URL(this.#direct(name));
    url.port = String(this.#ports.postgres);
    return url.href;
  }

  /** The way past the proxy to a database that `database` made. */
  direct(url: string): string {
    return this.#direct(new URL(url).pathname.slice(1));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#keeping;
    await this.postgresProxy.close();
    if (this.needsKafka) await this.kafkaProxy.close();
    await this.#kafka?.stop();
    await this.#postgres?.stop();
    this.disk.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #postgresDir(): string {
    return join(this.disk.folder, 'database');
  }

  /** 0, where nobody listens, while the disk with the password is gone. */
  get #postgresPort(): number {
    try {
      return Number(new URL(this.#direct('postgres')).port);
    } catch {
      return 0;
    }
  }

  #direct(database: string): string {
    return this.#postgres?.url(database) ?? '';
  }

  async #startKafka(): Promise<void> {
    this.#kafka = await startKafka({
      folder: join(this.folder, 'kafka'),
      port: this.#kafkaPort,
      advertisedPort: this.#ports.kafka,
    });
  }

  /** The launcher brings its server back; a disk that was full may have made it give up. */
  async #keepPostgres(): Promise<void> {
    let goneSince: number | undefined;
    while (!this.#stopping.signal.aborted) {
      await sleep(LOOK_MS);
      const pid = this.postmasterPid;
      if (pid !== undefined && isAlive(pid)) goneSince = undefined;
      else goneSince ??= performance.now();
      if (goneSince === undefined || performance.now() - goneSince < PATIENCE_MS) continue;
      const options = { dataDir: this.#postgresDir, settings: SETTINGS };
      const another = await startPostgres(options).catch(() => undefined);
      if (another) {
        // The one before would keep its lease, and the server would outlive us.
        void this.#postgres?.stop().catch(() => undefined);
        this.#postgres = another;
      }
      goneSince = undefined;
    }
  }

  async #keepKafka(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await sleep(LOOK_MS);
      if (!this.#kafka || isAlive(this.#kafka.pid)) continue;
      await this.#startKafka().catch(() => sleep(1_000));
    }
  }
}
