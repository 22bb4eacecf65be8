import { chmodSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './typescript-hooks.js';

/**
 * Starts what the tests of this run need, once for all jest projects that name this file: one
 * PostgreSQL (TEST_POSTGRES, a server without a database) and one Kafka broker
 * (TEST_KAFKA_BROKERS). Unit tests alone start nothing.
 */
const setup = async (globalConfig) => {
  const servers = (globalThis.ledgerTestServers ??= {});
  servers.postgres ??= startTestPostgres();
  if (needsKafka(globalConfig)) servers.kafka ??= startTestKafka();
  await Promise.all([servers.postgres, servers.kafka]);
};
export default setup;

/** Only if a suite on Kafka is among the files picked: who picks others need not wait for it. */
const needsKafka = ({ rootDir, testPathPatterns }) => {
  const picked = (testPathPatterns?.patterns ?? []).map((pattern) => new RegExp(pattern, 'iu'));
  return globSync(['libs/**/*.{int,long}-spec.ts', 'test/**/*.{e2e,long}-spec.ts'], {
    cwd: rootDir,
  })
    .map((path) => join(rootDir, path))
    .filter((path) => picked.length === 0 || picked.some((pattern) => pattern.test(path)))
    .some((path) => readFileSync(path, 'utf8').includes('describeWithKafka('));
};

/** Open to all, as servers do not run as root. */
const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-test-'));
  chmodSync(folder, 0o755);
  return folder;
};

const startTestPostgres = async () => {
  if (process.env.TEST_POSTGRES) return undefined;
  const { startPostgres } = await import('../../libs/platform/src/postgres/start-postgres.ts');
  const dataDir = temporaryFolder();
  const postgres = await startPostgres({
    dataDir,
    fast: true,
    settings: { max_connections: '300', autovacuum: 'off' },
  });
  // Without a database: clients then take the one named after the user, which is there.
  process.env.TEST_POSTGRES = postgres.url('');
  return { stop: () => postgres.stop(), folders: [dataDir, postgres.dataDir] };
};

const startTestKafka = async () => {
  if (process.env.TEST_KAFKA_BROKERS) return undefined;
  if (process.env.KAFKA_BROKERS) {
    process.env.TEST_KAFKA_BROKERS = process.env.KAFKA_BROKERS;
    return undefined;
  }
  const { startKafka } = await import('../../deploy/kafka/start-kafka.ts');
  const { whyNoKafka } = await import('../../deploy/kafka/jars.ts');
  const jarFolder = join(import.meta.dirname, '../../node_modules/.cache/kafka-jars');
  const reason = whyNoKafka(jarFolder);
  if (reason !== undefined) {
    if (process.env.CI === 'true') throw new Error(`The tests on Kafka cannot run: ${reason}.`);
    process.stderr.write(`The tests on Kafka are skipped: ${reason}, or set KAFKA_BROKERS.\n`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'ledger-test-'));
  const kafka = await startKafka({ folder, port: 0, jarFolder });
  process.env.TEST_KAFKA_BROKERS = kafka.broker;
  return { stop: () => kafka.stop(), folders: [folder] };
};
