import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './typescript-hooks.js';

/**
 * Starts what the tests of this run need, once for all jest projects that name this file: one
 * PostgreSQL (TEST_POSTGRES, a server without a database), and for the journeys a Kafka broker
 * (TEST_KAFKA_BROKERS). Unit tests alone start nothing.
 */
const setup = async (_globalConfig, projectConfig) => {
  const servers = (globalThis.ledgerTestServers ??= {});
  servers.postgres ??= startTestPostgres();
  if (projectConfig.displayName?.name === 'journey') servers.kafka ??= startTestKafka();
  await Promise.all([servers.postgres, servers.kafka]);
};
export default setup;

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
  const { missingForKafka, startKafka } = await import('../../deploy/kafka/start-kafka.ts');
  const missing = await missingForKafka();
  if (missing !== undefined) {
    if (process.env.CI === 'true') throw new Error(`The tests on Kafka cannot run: ${missing}`);
    process.stderr.write(`The tests on Kafka are skipped: ${missing}\n`);
    return undefined;
  }
  const dataDir = temporaryFolder();
  const kafka = await startKafka({ dataDir });
  process.env.TEST_KAFKA_BROKERS = kafka.brokers;
  return { stop: () => kafka.stop(), folders: [dataDir] };
};
