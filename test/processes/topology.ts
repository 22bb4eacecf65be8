import { join } from 'node:path';
import { freePort, LedgerProcess } from './ledger-process.js';

const VAULT_TOKEN = 'a-token-for-this-test-only';
export const SERVICES = ['vault', 'recorder', 'issuer', 'exchange'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** Services with a log of their own. */
export const LOGS = ['recorder', 'issuer', 'exchange'] as const;

/** What a topology stands on. */
export interface Ground {
  /** Keys and files of all its processes. */
  readonly dataDir: string;
  /** Makes a new, empty database. */
  readonly database: () => Promise<string>;
  /** Settings of all its processes beside what the topology itself says. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where `dist` is; this folder unless said. */
  readonly folder?: string;
}

/** A running topology: where people reach it, its processes and its databases, by name. */
export interface Topology {
  readonly url: string;
  readonly keysDir: string;
  readonly processes: Readonly<Record<string, LedgerProcess>>;
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Databases by the name of the log they hold, and of the vault. */
  readonly databases: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** One process with every context; events travel inside it. */
export const startAllInOne = async (ground: Ground): Promise<Topology> => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const databaseUrl = await ground.database();
  const env = {
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: databaseUrl,
    DATA_DIR: ground.dataDir,
    ...ground.env,
  };
  const ledger = new LedgerProcess('apps/all-in-one/src/main.js', url, env, ground.folder);
  ledger.start();
  await ledger.ready();
  return {
    url,
    keysDir: join(ground.dataDir, 'keys'),
    processes: { ledger },
    environments: { ledger: env },
    databases: { ledger: databaseUrl },
    stop: () => ledger.stop(),
  };
};

/** Separate services on Kafka, a database each, one proxy in front. */
export const startServices = async (
  ground: Ground & { readonly brokers: string },
): Promise<Topology> => {
  const names = [...SERVICES, 'proxy'] as const;
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const at = (name: string): string => `http://localhost:${ports.get(name)}`;
  const databases: Record<string, string> = {};
  const environments: Record<string, Record<string, string>> = {};
  const processes: Record<string, LedgerProcess> = {};
  for (const name of SERVICES) {
    databases[name] = await ground.database();
    environments[name] = {
      PORT: String(ports.get(name)),
      PUBLIC_URL: at('proxy'),
      DATABASE_URL: databases[name],
      DATA_DIR: ground.dataDir,
      VAULT_TOKEN,
      KAFKA_BROKERS: ground.brokers,
      ...(name === 'vault' ? {} : { VAULT_URL: at('vault') }),
      ...(name === 'exchange' || name === 'vault' ? {} : { IDENTITY_URL: at('exchange') }),
      ...(name === 'exchange' ? { API_URL: at('proxy') } : {}),
      ...ground.env,
    };
    const main = `apps/${name}/src/main.js`;
    processes[name] = new LedgerProcess(main, at(name), environments[name], ground.folder);
  }
  environments['proxy'] = {
    PORT: String(ports.get('proxy')),
    RECORDER_URL: at('recorder'),
    ISSUER_URL: at('issuer'),
    EXCHANGE_URL: at('exchange'),
  };
  processes['proxy'] = new LedgerProcess(
    'deploy/proxy/main.js',
    at('proxy'),
    environments['proxy'],
    ground.folder,
  );
  const all = names.map((name) => processes[name] as LedgerProcess);
  /** One that does not end keeps none of the others running. */
  const stop = async (): Promise<void> => {
    let failure: unknown;
    for (const each of all.toReversed())
      await each.stop().catch((error: unknown) => {
        failure ??= error;
      });
    if (failure !== undefined) throw failure;
  };
  try {
    const [vault, ...others] = all as [LedgerProcess, ...LedgerProcess[]];
    vault.start();
    await vault.ready();
    for (const each of others) each.start();
    await Promise.all(others.map((each) => each.ready()));
  } catch (error) {
    // What kept one from starting says more than what keeps another from ending.
    await stop().catch(() => undefined);
    throw error;
  }
  return {
    url: at('proxy'),
    keysDir: join(ground.dataDir, 'keys'),
    processes,
    environments,
    databases,
    stop,
  };
};
