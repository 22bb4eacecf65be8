import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import type { Supervisor } from './supervisor.js';

/** What may go wrong, one after the other. */
export const FAULTS = [
  'kill-service',
  'kill-backend',
  'end-backend',
  'kill-postmaster',
  'kill-kafka',
  'reset-postgres',
  'reset-kafka',
  'partition-postgres',
  'partition-kafka',
  'slow-postgres',
  'slow-kafka',
  'stop-service',
  'stop-postgres',
  'stop-kafka',
  'disk-full',
  'power-cut',
  'clock-jump',
] as const;
export type Fault = (typeof FAULTS)[number];
/** Those that need a disk of their own. */
export const DISK_FAULTS = ['disk-full', 'power-cut'] as const satisfies readonly Fault[];

const PARTITION_MS = 1_500;
const STOP_MS = 1_000;
const SLOW_MS = 2_000;
const SLOW_DELAY_MS = 20;
const FULL_MS = 2_000;
const JUMP_MS_MAX = 3_000_000;
const JUMPED_MS = 2_500;

export interface NemesisParts {
  readonly servers: Servers;
  readonly supervisor: Supervisor;
  readonly random: Random;
  readonly clockFile: (name: string) => string;
  readonly faults: readonly Fault[];
  /** The longest pause between two faults. */
  readonly pauseMs: number;
}

const signal = (pid: number | undefined, name: NodeJS.Signals): void => {
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
};

/** Does harm, one fault at a time, in an order that follows from the seed. */
export class Nemesis {
  readonly done = new Map<string, number>();

  constructor(private readonly parts: NemesisParts) {}

  get count(): number {
    return [...this.done.values()].reduce((a, b) => a + b, 0);
  }

  async run(stopping: AbortSignal): Promise<void> {
    const { random, faults, pauseMs } = this.parts;
    while (!stopping.aborted) {
      await sleep(random.int(Math.ceil(pauseMs / 4), pauseMs), undefined, {
        signal: stopping,
      }).catch(() => undefined);
      if (stopping.aborted || faults.length === 0) continue;
      const fault = random.pick(faults);
      if (await this.#do(fault)) this.done.set(fault, (this.done.get(fault) ?? 0) + 1);
    }
  }

  /** False if there was nothing to harm. */
  async #do(fault: Fault): Promise<boolean> {
    const { servers, supervisor, random } = this.parts;
    const { name, process: ours } = random.pick(supervisor.processes);
    switch (fault) {
      case 'kill-service':
        supervisor.kill(name);
        return true;
      case 'kill-backend':
        return this.#endBackend('SIGKILL');
      case 'end-backend':
        return this.#endBackend('SIGTERM');
      case 'kill-postmaster':
        signal(servers.postmasterPid, 'SIGKILL');
        return true;
      case 'kill-kafka':
        signal(servers.kafkaPid, 'SIGKILL');
        return true;
      case 'stop-service':
        return suspend([ours.pid]);
      case 'stop-postgres':
        return suspend([servers.postmasterPid, ...(await this.#backends())]);
      case 'stop-kafka':
        return suspend([servers.kafkaPid]);
      case 'disk-full':
        if (servers.disk.reason !== undefined) return false;
        await servers.disk.fill(FULL_MS);
        return true;
      case 'power-cut':
        return this.#cutPower();
      case 'clock-jump':
        await this.#jump(name);
        return true;
      default:
        return this.#network(fault);
    }
  }

  /** Everything ends at once, and nothing is left but what was synced; Kafka has its replicas. */
  async #cutPower(): Promise<boolean> {
    const { servers, supervisor } = this.parts;
    if (servers.disk.reason !== undefined) return false;
    servers.disk.cut();
    await supervisor.allDead(() => servers.disk.comeBack());
    return true;
  }

  async #network(fault: Fault): Promise<boolean> {
    const { servers } = this.parts;
    const proxy = fault.endsWith('kafka') ? servers.kafkaProxy : servers.postgresProxy;
    if (fault.startsWith('reset')) proxy.reset();
    else if (fault.startsWith('partition')) await proxy.partition(PARTITION_MS);
    else await proxy.slow(SLOW_DELAY_MS, SLOW_MS);
    return true;
  }

  /** An hour or less, forth or back, for one process; then the clock is right again. */
  async #jump(name: string): Promise<void> {
    const { clockFile, random } = this.parts;
    writeFileSync(clockFile(name), String(random.int(-JUMP_MS_MAX, JUMP_MS_MAX)));
    await sleep(JUMPED_MS);
    writeFileSync(clockFile(name), '0');
  }

  /** Killed, it makes PostgreSQL recover; ended in order, it takes its transaction with it. */
  async #endBackend(how: NodeJS.Signals): Promise<boolean> {
    const backends = await this.#backends();
    if (backends.length === 0) return false;
    signal(this.parts.random.pick(backends), how);
    return true;
  }

  /** Those in the midst of a transaction of the log if there are any, else any of ours. */
  async #backends(): Promise<readonly number[]> {
    const client = new Client({
      connectionString: this.parts.servers.direct('postgres://x/postgres'),
      connectionTimeoutMillis: 1_000,
      query_timeout: 1_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number; writes: boolean }>(
        `select pid, application_name = 'ledger-log' and state <> 'idle' as writes
         from pg_stat_activity where datname like 'chaos%' order by pid`,
      );
      const writing = rows.filter(({ writes }) => writes);
      return (writing.length > 0 ? writing : rows).map(({ pid }) => pid);
    } catch {
      return [];
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const suspend = async (pids: readonly (number | undefined)[]): Promise<boolean> => {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  await sleep(STOP_MS);
  for (const pid of pids) signal(pid, 'SIGCONT');
  return pids.some((pid) => pid !== undefined);
};
