import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { type Clock, PublicUrl, SystemClock } from '#kernel';
import { accessTokenKey, JwtTokens, type Tokens } from '#access';
import {
  type Intake,
  IntakeHandler,
  type Journal,
  type Log,
  LogGuard,
  logMigrations,
  MetaLogGuard,
  PostgresLog,
  type PostgresLogOptions,
  type Projection,
  ProjectionHandler,
  SealingJournal,
  WRITER_MAIN,
} from '#log';
import { createMessaging, type Messaging, messagingMigrations, RELAY_MAIN } from '#messaging';
import {
  CachedVault,
  FileKeyRing,
  HttpVaultStore,
  type KeyRing,
  PostgresVaultStore,
  type Vault,
  vaultMigrations,
} from '#vault';
import { Backgrounds } from './backgrounds.js';
import type { Config } from './config.js';
import type { ServiceDefinition } from './service-definition.js';
import { type PublishedLogGuards, publishedReadiness } from './published-readiness.js';
import { createDataSource, openDatabase } from './database.js';
import type { Readiness } from './health.controller.js';
import { MeasuredLog } from './metrics/measured-log.js';
import { measureMessaging } from './metrics/messaging-metrics.js';
import { measurePublishing } from './metrics/published-metrics.js';
import { Metrics } from './metrics/metrics.js';
import { type Postgres, startPostgres } from './postgres/start-postgres.js';

const READY_TIMEOUT_MS = 2_000;

/** What every service stands on, and the order in which it comes up and goes down. */
export interface Foundation {
  readonly db: DataSource;
  readonly databaseUrl: string;
  /** Set where we started PostgreSQL ourselves. */
  readonly postgres: Postgres | undefined;
  readonly log: Log;
  readonly guard: LogGuard;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly publicUrl: PublicUrl;
  readonly tokens: Tokens;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly messaging: () => Messaging | undefined;
  /** Finds the projections and the background work of the app; nothing runs yet. */
  findProjections(app: INestApplicationContext): void;
  startReading(): Promise<void>;
  stopReading(): Promise<void>;
  close(): Promise<void>;
}

const openVault = (config: Config, db: DataSource, keyRing: KeyRing): Vault => {
  if (config.vaultUrl === undefined) return new CachedVault(new PostgresVaultStore(db, keyRing));
  if (config.vaultToken === undefined) throw new Error('VAULT_TOKEN: needed with VAULT_URL.');
  return new CachedVault(new HttpVaultStore(config.vaultUrl, config.vaultToken));
};

/** Where the threads begin that a service has for its log. */
const threadsOf = ({ hasThreads = false }: ServiceDefinition) =>
  hasThreads ? { writerMain: WRITER_MAIN, relayMain: RELAY_MAIN } : undefined;

const openLog = (
  definition: ServiceDefinition,
  options: Pick<PostgresLogOptions, 'databaseUrl' | 'guard' | 'clock'>,
  keyRing: KeyRing,
): Log => {
  const threads = threadsOf(definition);
  return new PostgresLog({
    ...options,
    name: definition.name,
    identityKey: keyRing.secret('intake-identity'),
    ...(threads && { writerMain: threads.writerMain }),
  });
};

const openTokens = (config: Config, keyRing: KeyRing): Tokens =>
  config.identityUrl === undefined
    ? JwtTokens.local(accessTokenKey(keyRing.secret('access-tokens')), config.publicUrl)
    : JwtTokens.remote(config.identityUrl, config.publicUrl);

const projectionsOf = (app: INestApplicationContext): readonly Projection[] =>
  app
    .get(DiscoveryService)
    .getProviders({ metadataKey: ProjectionHandler.KEY })
    .map(({ instance }) => instance as Projection);

/** At most one context takes in what others write. */
const intakeOf = (app: INestApplicationContext): { readonly intake?: Intake } => {
  const [found] = app.get(DiscoveryService).getProviders({ metadataKey: IntakeHandler.KEY });
  return found ? { intake: found.instance as Intake } : {};
};

const openMessaging = (
  app: INestApplicationContext,
  parts: Pick<Foundation, 'db' | 'databaseUrl' | 'log' | 'keyRing'> & { readonly logger: Logger },
  definition: ServiceDefinition,
  config: Config,
): Messaging => {
  const threads = threadsOf(definition);
  return createMessaging({
    dataSource: parts.db,
    databaseUrl: parts.databaseUrl,
    log: parts.log,
    projections: projectionsOf(app),
    ...intakeOf(app),
    sealingKey: parts.keyRing.secret('dead-letters'),
    brokers: config.brokers,
    topicPrefix: config.topicPrefix,
    security: config.kafkaSecurity,
    service: definition.name,
    logger: parts.logger,
    ...(threads && { relayMain: threads.relayMain }),
  });
};

/** Undefined unless this service keeps the meta-log. */
const metaLogGuardOf = (app: INestApplicationContext): MetaLogGuard | undefined =>
  app
    .get(DiscoveryService)
    .getProviders()
    .map(({ instance }): unknown => instance)
    .find((instance) => instance instanceof MetaLogGuard);

const within = async (check: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check.then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
};

const readinessOf = async (
  db: DataSource,
  logs: PublishedLogGuards,
  vault: Vault | undefined,
): Promise<Readonly<Record<string, boolean | string>>> => ({
  database: await within(db.query('select 1')),
  ...publishedReadiness(logs),
  ...(vault ? { vault: await within(vault.personsOf(['-'])) } : {}),
});

const openData = async (definition: ServiceDefinition, config: Config, logger: Logger) => {
  const postgres =
    config.databaseUrl === undefined
      ? await startPostgres({ dataDir: config.dataDir, databases: ['ledger'] })
      : undefined;
  const databaseUrl = config.databaseUrl ?? postgres?.url('ledger') ?? '';
  const db = createDataSource(databaseUrl, [
    ...(config.vaultUrl === undefined ? vaultMigrations : []),
    ...logMigrations,
    ...messagingMigrations,
    ...definition.contexts.flatMap(({ migrations }) => migrations),
  ]);
  await openDatabase(db, logger);
  return { postgres, databaseUrl, db };
};

export const layFoundation = async (
  definition: ServiceDefinition,
  config: Config,
  logger: Logger,
): Promise<Foundation> => {
  const { name } = definition;
  const { postgres, databaseUrl, db } = await openData(definition, config, logger);
  const keyRing = new FileKeyRing(config.keysDir);
  const clock = new SystemClock();
  const vault = openVault(config, db, keyRing);
  const guard = new LogGuard();
  const metrics = new Metrics(name);
  const log = new MeasuredLog(openLog(definition, { databaseUrl, guard, clock }, keyRing), metrics);
  let messaging: Messaging | undefined;
  let metaLog: MetaLogGuard | undefined;
  const backgrounds = new Backgrounds();
  return {
    db,
    databaseUrl,
    postgres,
    log,
    guard,
    journal: new SealingJournal(log, vault, clock),
    vault,
    keyRing,
    clock,
    publicUrl: new PublicUrl(config.publicUrl),
    tokens: openTokens(config, keyRing),
    metrics,
    messaging: () => messaging,
    readiness: {
      check: async () => ({
        ...(await readinessOf(
          db,
          { log: guard, metaLog },
          config.vaultUrl === undefined ? undefined : vault,
        )),
        ...(messaging ? { messaging: messaging.isHealthy() } : {}),
      }),
    },
    findProjections: (app) => {
      if (definition.hasLog === false) return;
      backgrounds.find(app);
      const parts = { db, databaseUrl, log, keyRing, logger };
      messaging = openMessaging(app, parts, definition, config);
      measureMessaging(metrics, log, messaging);
      metaLog = metaLogGuardOf(app);
      measurePublishing(metrics, { log: guard, metaLog });
    },
    startReading: async () => {
      await backgrounds.start();
      await messaging?.start();
    },
    stopReading: async () => {
      await messaging?.stop();
      await backgrounds.stop();
    },
    close: async () => {
      await log.close();
      if (db.isInitialized) await db.destroy();
      await postgres?.stop();
    },
  };
};
