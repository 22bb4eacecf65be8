import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;
const POLL_MS = 100;

/** A broker that we started. */
export interface Kafka {
  /** Bootstrap server, host:port on loopback. */
  readonly broker: string;
  readonly pid: number;
  /** Ends by itself when the broker does. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** Data, settings and log lie here. */
  readonly folder: string;
  /** Folder with pom.xml. */
  readonly pomFolder?: string;
  /** Where the jars are kept: the second start needs no Maven. */
  readonly jarFolder?: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** Why Kafka cannot be started here, or undefined if it can. */
export const whyNoKafka = (): string | undefined => {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(?<major>\d+)/u.exec(java.stderr ?? '')?.groups?.['major']);
  if (!(version >= 17))
    return 'Java 17 or newer is not installed (package openjdk-17-jre-headless)';
  if (spawnSync('mvn', ['-v']).status !== 0) return 'Maven is not installed (package maven)';
  return undefined;
};

/**
 * Starts one broker in KRaft mode (it is its own controller) on loopback, without Docker: jars
 * from Maven, run by Java. Formats its storage on first start; data survives a restart.
 */
export const startKafka = async (options: KafkaOptions): Promise<Kafka> => {
  const folder = resolve(options.folder);
  const jars = fetchJars(
    resolve(options.pomFolder ?? 'deploy/kafka'),
    resolve(options.jarFolder ?? 'node_modules/.cache/kafka-jars'),
  );
  mkdirSync(folder, { recursive: true });
  const port = options.port === 0 ? await freePort() : options.port;
  const settings = join(folder, 'server.properties');
  writeFileSync(settings, properties(folder, port, await freePort()));
  format(jars, folder, settings);
  const log = openSync(join(folder, 'server.log'), 'a', 0o600);
  const child = spawn(
    'java',
    [
      '-Xmx512m',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-cp',
      join(jars, '*'),
      'kafka.Kafka',
      settings,
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  await waitUntilReady(child, port, folder);
  return {
    broker: `127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ended,
    stop: () => stop(child, ended),
  };
};

const fetchJars = (pomFolder: string, jarFolder: string): string => {
  const done = join(jarFolder, 'complete');
  if (existsSync(done) && readFileSync(done, 'utf8') === pomOf(pomFolder)) return jarFolder;
  const draft = `${jarFolder}.${process.pid}`;
  const { status, stdout, error } = spawnSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      join(pomFolder, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Maven could not fetch Kafka.\n${stdout}`, { cause: error });
  writeFileSync(join(draft, 'complete'), pomOf(pomFolder));
  rmSync(jarFolder, { recursive: true, force: true });
  renameSync(draft, jarFolder);
  return jarFolder;
};

const pomOf = (pomFolder: string): string => readFileSync(join(pomFolder, 'pom.xml'), 'utf8');

/** One broker: everything that is replicated has one replica. Ready at once, back soon. */
const properties = (folder: string, port: number, controllerPort: number): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': false,
    // The registration of a killed broker must time out before it can come back.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    // Kafka itself does not wait for the disk; on a single broker nothing else would remember.
    'log.flush.interval.messages': 1000,
    'log.flush.interval.ms': 200,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

const format = (jars: string, folder: string, settings: string): void => {
  const data = join(folder, 'data');
  if (existsSync(data) && readdirSync(data).includes('meta.properties')) return;
  const tool = (...parameters: string[]): string => {
    const { status, stdout, stderr } = spawnSync(
      'java',
      ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', ...parameters],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`Kafka could not format its storage.\n${stdout}${stderr}`);
    return stdout.trim();
  };
  tool('format', '-t', tool('random-uuid'), '-c', settings);
};

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? done(address.port) : fail(new Error('no port')),
      );
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

const waitUntilReady = async (child: ChildProcess, port: number, folder: string): Promise<void> => {
  const deadline = Date.now() + START_MS_MAX;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`Kafka did not start; ${join(folder, 'server.log')} says why.`);
    await sleep(POLL_MS);
  }
};

const stop = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
};
