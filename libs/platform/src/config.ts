import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';

const flag = z.enum(['0', '1']).optional();
/** A name of a signed note (C2SP signed-note): no blanks and no plus signs. */
const origin = z.string().regex(/^[^\s+]{1,200}$/u);
const Environment = z.object({
  /** Where this process listens. */
  HOST: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** The one origin that people and machines use, whatever is in front. */
  PUBLIC_URL: z.url().optional(),
  /** Empty: a real PostgreSQL from npm's binaries, under DATA_DIR. */
  DATABASE_URL: z.string().optional(),
  /** Empty: events travel inside the process. Otherwise Kafka bootstrap servers, comma separated. */
  KAFKA_BROKERS: z.string().default(''),
  /** Before the names of topics and groups, so that several installations can share a Kafka. */
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,64}$/u)
    .default(''),
  /** With a name and a password it signs in at the brokers (SCRAM-SHA-512 unless told otherwise). */
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  KAFKA_SASL: z.enum(['scram-sha-512', 'scram-sha-256', 'plain']).default('scram-sha-512'),
  KAFKA_TLS: flag,
  DATA_DIR: z.string().default('data'),
  KEYS_DIR: z.string().optional(),
  /** Where published checkpoints are kept: never in the database, nor on its disk. */
  CHECKPOINTS_DIR: z.string().optional(),
  /** Who cosigns our checkpoints: "key address", with commas between. */
  WITNESSES: z.string().default(''),
  /** Verifier keys of logs of others whose checkpoints we cosign, with commas between. */
  WITNESSED_LOGS: z.string().default(''),
  /** 1: cosigns them with ML-DSA-44 beside Ed25519. */
  WITNESS_ML_DSA: flag,
  /** What the log is called in its checkpoints; empty: the host of PUBLIC_URL and its path. */
  LOG_ORIGIN: origin.optional(),
  /** The same of the meta-log, where it is kept. */
  META_LOG_ORIGIN: origin.optional(),
  /** Separate services only: where the vault and identity are, and the way to all of them. */
  VAULT_URL: z.url().optional(),
  VAULT_TOKEN: z.string().min(16).optional(),
  IDENTITY_URL: z.url().optional(),
  API_URL: z.url().optional(),
  /** Recorder: what each client may send in a minute, unless registered otherwise; 0: no limit. */
  EVENTS_PER_MINUTE: z.coerce.number().int().min(0).default(6_000_000),
  /** Recorder: whether badges are looked up where others publish them. */
  FETCH_PUBLISHED: flag,
  DEMO: flag,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).optional(),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly databaseUrl: string | undefined;
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** How to sign in at the brokers. */
  readonly kafkaSecurity: {
    readonly tls: boolean;
    readonly user?: {
      readonly name: string;
      readonly password: string;
      readonly mechanism: 'scram-sha-512' | 'scram-sha-256' | 'plain';
    };
  };
  readonly dataDir: string;
  readonly keysDir: string;
  readonly checkpointsDir: string;
  readonly logOrigin: string | undefined;
  readonly metaLogOrigin: string | undefined;
  readonly witnesses: string;
  readonly witnessedLogs: string;
  readonly witnessMlDsa: boolean;
  readonly vaultUrl: string | undefined;
  readonly vaultToken: string | undefined;
  readonly identityUrl: string | undefined;
  readonly apiUrl: string | undefined;
  /** Each client's, in one process; 0: no limit. */
  readonly eventsPerMinute: number;
  /** Whether badges are looked up where others publish them. */
  readonly fetchesPublished: boolean;
  /** Seeds a small demo and offers sign-in links; on loopback only. */
  readonly demo: boolean;
  readonly logLevel: string;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
const emptyIsUnset = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

const kafkaSecurityOf = (env: z.infer<typeof Environment>): Config['kafkaSecurity'] => {
  const { KAFKA_USERNAME: name, KAFKA_PASSWORD: password, KAFKA_SASL: mechanism } = env;
  if ((name === undefined) !== (password === undefined))
    throw new Error('KAFKA_PASSWORD: KAFKA_USERNAME and KAFKA_PASSWORD go together.');
  return {
    tls: env.KAFKA_TLS === '1',
    ...(name !== undefined && password !== undefined && { user: { name, password, mechanism } }),
  };
};

/**
 * The settings of this process, from its environment. Throws an error that names the variable.
 * Demo mode is what you get when DATABASE_URL, KAFKA_BROKERS and HOST are all unset, or with
 * DEMO=1; it refuses to listen anywhere but on loopback.
 */
export const loadConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const parsed = Environment.safeParse(emptyIsUnset(environment));
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`The settings are not right.\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  const bare = !env.DATABASE_URL && env.KAFKA_BROKERS === '' && env.HOST === undefined;
  const demo = env.DEMO === undefined ? bare : env.DEMO === '1';
  const host = env.HOST ?? '127.0.0.1';
  if (demo && !LOOPBACK.has(host))
    throw new Error('HOST: demo mode has open sign-in links, so it listens on loopback only.');
  const dataDir = isAbsolute(env.DATA_DIR) ? env.DATA_DIR : resolve(env.DATA_DIR);
  return Object.freeze({
    host,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    databaseUrl: env.DATABASE_URL,
    brokers: env.KAFKA_BROKERS.split(',').filter(Boolean),
    topicPrefix: env.KAFKA_TOPIC_PREFIX,
    kafkaSecurity: kafkaSecurityOf(env),
    dataDir,
    keysDir: env.KEYS_DIR ?? join(dataDir, 'keys'),
    checkpointsDir: env.CHECKPOINTS_DIR ?? join(dataDir, 'checkpoints'),
    logOrigin: env.LOG_ORIGIN,
    metaLogOrigin: env.META_LOG_ORIGIN,
    witnesses: env.WITNESSES,
    witnessedLogs: env.WITNESSED_LOGS,
    witnessMlDsa: env.WITNESS_ML_DSA === '1',
    vaultUrl: env.VAULT_URL,
    vaultToken: env.VAULT_TOKEN,
    identityUrl: env.IDENTITY_URL,
    apiUrl: env.API_URL,
    eventsPerMinute: env.EVENTS_PER_MINUTE,
    fetchesPublished: env.FETCH_PUBLISHED !== '0',
    demo,
    logLevel: env.LOG_LEVEL ?? (demo ? 'warn' : 'info'),
  });
};
