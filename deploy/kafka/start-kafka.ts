import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answers, freePort } from './answers.js';
import { fetchJars, whyNoKafka } from './jars.js';
import { brokerSettings } from './settings.js';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;
const POLL_MS = 100;
const LOG_TAIL_CHARS = 2_000;

/** A running broker. */
export interface Kafka {
  /** Bootstrap server, host:port on loopback. */
  readonly broker: string;
  readonly pid: number;
  /** Resolves when the broker has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** Data, settings and log lie here. */
  readonly folder: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Where clients are told to come, where that is a proxy. */
  readonly advertisedPort?: number;
  /** More settings of the broker, in place of ours where both say something; `{port}` and
   * `{controllerPort}` stand for where it listens. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the jars are kept: the second start needs no Maven. */
  readonly jarFolder?: string;
}

interface Running {
  readonly pid: number;
  readonly port: number;
}

/**
 * Starts one broker in KRaft mode (it is its own controller) on loopback, without Docker: jars
 * from Maven, run by Java. Formats its storage on first start; data survives a restart. Joins a
 * broker that runs on this folder already, for instance one that a killed process left behind.
 * Throws with what to install, or with what Kafka said.
 */
export const startKafka = async (options: KafkaOptions): Promise<Kafka> => {
  const folder = resolve(options.folder);
  const earlier = runningIn(folder);
  if (earlier !== undefined && (await isReady(earlier, folder))) return handle(earlier);
  const jars = resolve(options.jarFolder ?? 'node_modules/.cache/kafka-jars');
  const reason = whyNoKafka(jars);
  if (reason !== undefined) throw new Error(`${reason}.`);
  await fetchJars(jars);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await freePort(options.port);
  const controllerPort = await freePort();
  const settings = brokerSettings(folder, port, controllerPort, options.advertisedPort);
  const more = Object.entries(options.settings ?? {})
    .map(
      ([name, value]) =>
        `${name}=${value.replaceAll('{port}', `${port}`).replaceAll('{controllerPort}', `${controllerPort}`)}\n`,
    )
    .join('');
  writeFileSync(settingsIn(folder), settings + more);
  await formatStorage(jars, folder);
  const pid = launch(jars, folder);
  writeFileSync(pidFile(folder), `${pid}\n${port}\n`);
  const running = { pid, port };
  if (!(await isReady(running, folder)))
    throw new Error(`Kafka did not start.\n${tail(logIn(folder))}`);
  return handle(running);
};

const settingsIn = (folder: string): string => join(folder, 'server.properties');
const logIn = (folder: string): string => join(folder, 'server.log');
const pidFile = (folder: string): string => join(folder, 'kafka.pid');
const tail = (file: string): string => readFileSync(file, 'utf8').slice(-LOG_TAIL_CHARS);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has asked after yet still has its number.
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

/** The broker of an earlier start, if it is there still: its number may be another program's. */
const runningIn = (folder: string): Running | undefined => {
  if (!existsSync(pidFile(folder))) return undefined;
  const [pid = 0, port = 0] = readFileSync(pidFile(folder), 'utf8').split('\n').map(Number);
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'linux') {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (!command.includes(settingsIn(folder))) return undefined;
  }
  return { pid, port };
};

/** Waits. False if the broker ended. Throws if it takes too long, as nothing here can mend that. */
const isReady = async ({ pid, port }: Running, folder: string): Promise<boolean> => {
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    if (!isAlive(pid)) return false;
    if (await answers(port)) return true;
    if (Date.now() > deadline)
      throw new Error(
        `Kafka (process ${pid}) does not answer on port ${port}.\n${tail(logIn(folder))}`,
      );
    await sleep(POLL_MS);
  }
};

const formatStorage = async (jars: string, folder: string): Promise<void> => {
  if (existsSync(join(folder, 'data/meta.properties'))) return;
  // As `StorageTool random-uuid` makes one (org.apache.kafka.common.Uuid), without another JVM.
  const id = `l${randomBytes(16).toString('base64url').slice(1)}`;
  const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', settingsIn(folder)];
  await promisify(execFile)('java', ['-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), ...format]);
};

/** In a session of its own: Ctrl+C is for us, and we stop it in order. Quiet, into a file. */
const launch = (jars: string, folder: string): number => {
  const log = openSync(logIn(folder), 'a', 0o600);
  const child = spawn(
    'java',
    [
      '-Xmx512m',
      // What a producer sends in one piece is large: in so small a heap G1 would mark all the time.
      '-XX:+UseParallelGC',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-cp',
      join(jars, '*'),
      'kafka.Kafka',
      settingsIn(folder),
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  child.once('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new Error('Java could not be started.');
  return child.pid;
};

const hasEnded = async (pid: number, withinMs = Infinity): Promise<boolean> => {
  const deadline = Date.now() + withinMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
};

const handle = ({ pid, port }: Running): Kafka => {
  let ended: Promise<void> | undefined;
  return {
    broker: `127.0.0.1:${port}`,
    pid,
    get ended() {
      return (ended ??= hasEnded(pid).then(() => undefined));
    },
    stop: async () => {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (!isAlive(pid)) return;
        process.kill(pid, signal);
        if (await hasEnded(pid, STOP_MS_MAX)) return;
      }
    },
  };
};
