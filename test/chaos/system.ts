import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessTokenKey, type Actor, signAccessToken } from '#access';
import { FileKeyRing } from '#vault';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';
import { LOGS, startAllInOne, startServices, type Topology } from '../processes/topology.js';
import type { Servers } from './servers.js';
import { achievements, HOME_PAGE, PROVIDER } from './workload.js';

/** `kafka`: one process, whose events travel by Kafka all the same. */
export const TOPOLOGIES = ['all-in-one', 'kafka', 'services'] as const;
export type TopologyName = (typeof TOPOLOGIES)[number];

const TOKEN_MS = 10_000;
const TRIES_MAX = 100;

/** A ledger that runs, twice where one process is the whole of it: two that write one log. */
export interface System {
  readonly topology: TopologyName;
  /** Where clients may send. */
  readonly urls: readonly string[];
  readonly processes: ReadonlyMap<string, LedgerProcess>;
  /** By the name of the log: the database that holds it, past the proxy. */
  readonly logs: ReadonlyMap<string, string>;
  /** The databases of the vault and of accumulation and credentials, past the proxy. */
  readonly vaultDatabase: string;
  readonly issuerDatabase: string;
  readonly keysDir: string;
  readonly checkpointsDir: string;
  readonly clockFile: (name: string) => string;
  readonly authorization: () => Promise<string>;
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly topology: TopologyName;
  readonly servers: Servers;
  /** Where the `dist` that is tested lies. */
  readonly folder: string;
  readonly topicPrefix: string;
  /** Sources that the provider sends from. */
  readonly sources: readonly string[];
}

/** Starts a ledger in which the provider and its achievements are known. */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const { topology, servers, folder, topicPrefix } = options;
  const dataDir = join(servers.disk.folder, `data-${topicPrefix}`);
  mkdirSync(dataDir, { recursive: true });
  const shift = pathToFileURL(join(import.meta.dirname, 'clock-shift.js')).href;
  const ground = {
    dataDir,
    folder,
    database: () => servers.database(),
    env: {
      NODE_OPTIONS: `--import=${shift}`,
      KAFKA_TOPIC_PREFIX: topicPrefix,
      ...(topology === 'kafka' ? { KAFKA_BROKERS: servers.brokers } : {}),
    },
  };
  const running =
    topology === 'services'
      ? await startServices({ ...ground, brokers: servers.brokers })
      : await startAllInOne(ground);
  const system = await systemOf(running, options, dataDir);
  await introduce(system, running, options.sources);
  return system;
};

const systemOf = async (
  running: Topology,
  { topology, servers, folder }: SystemOptions,
  dataDir: string,
): Promise<System> => {
  const processes = new Map(Object.entries(running.processes));
  const urls = [running.url];
  if (topology !== 'services') {
    const twin = await startTwin(running, folder);
    processes.set('ledger-2', twin);
    urls.push(twin.url);
  }
  const databaseOf = (name: string): string =>
    servers.direct(running.databases[name] ?? running.databases['ledger'] ?? '');
  const logs = topology === 'services' ? LOGS : ['ledger'];
  const clockFile = (name: string): string => join(dataDir, `clock-${name}`);
  for (const name of processes.keys()) writeFileSync(clockFile(name), '0');
  return {
    topology,
    urls,
    processes,
    logs: new Map(logs.map((name) => [name, databaseOf(name)])),
    vaultDatabase: databaseOf('vault'),
    issuerDatabase: databaseOf('issuer'),
    keysDir: running.keysDir,
    checkpointsDir: join(dataDir, 'checkpoints'),
    clockFile,
    authorization: tokens(running, {
      id: PROVIDER,
      role: 'provider',
      organisation: PROVIDER,
    }),
    stop: async () => {
      for (const process of [...processes.values()].toReversed()) process.kill();
      for (const process of processes.values()) await process.ended();
    },
  };
};

/** A second process on the same database. */
const startTwin = async (running: Topology, folder: string): Promise<LedgerProcess> => {
  const port = await freePort();
  const twin = new LedgerProcess(
    'apps/all-in-one/src/main.js',
    `http://localhost:${port}`,
    { ...running.environments['ledger'], PORT: String(port) },
    folder,
  );
  twin.start();
  await twin.ready();
  return twin;
};

/** A token that is signed anew every now and then. */
const tokens = ({ keysDir, url }: Topology, actor: Actor): (() => Promise<string>) => {
  let token: Promise<string> | undefined;
  let signedAt = 0;
  return () => {
    if (!token || performance.now() - signedAt > TOKEN_MS) {
      const key = accessTokenKey(new FileKeyRing(keysDir).secret('access-tokens'));
      token = signAccessToken(key, url, actor).then((signed) => `Bearer ${signed}`);
      signedAt = performance.now();
    }
    return token;
  };
};

const introduce = async (
  system: System,
  running: Topology,
  sources: readonly string[],
): Promise<void> => {
  const admin = tokens(running, { id: 'per_operator', role: 'admin' });
  const post = async (path: string, authorization: string, body: object): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      const response = await fetch(`${running.url}${path}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (response.status === 201) return;
      if (tries === TRIES_MAX) throw new Error(`${path}: ${response.status} ${text}`);
      await sleep(100);
    }
  };
  await post('/v1/clients', await admin(), {
    id: PROVIDER,
    name: 'Chaos',
    type: 'university',
    country: 'ES',
    homePage: HOME_PAGE,
    sources,
    learningContext: 'formal',
    highestAssurance: 'assessed',
    recognises: false,
  });
  for (const achievement of achievements)
    await post('/v1/achievements', await system.authorization(), achievement);
};
