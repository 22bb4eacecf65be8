import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../dist/libs/platform/src/postgres/start-postgres.js';
import { startKafka, whyNoKafka } from '../../dist/deploy/kafka/start-kafka.js';

/** One PostgreSQL and one Kafka for the whole run, whichever jest projects ask for them. */
export default async () => {
  if (globalThis.__servers) return;
  // The unprivileged user that PostgreSQL runs as must be able to walk to its data.
  const folder = mkdtempSync(join(tmpdir(), 'ledger-test-'));
  const { chmodSync } = await import('node:fs');
  chmodSync(folder, 0o755);
  const [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: folder, fast: true }),
    kafkaForTests(folder),
  ]);
  process.env.TEST_POSTGRES = postgres.url('').replace(/\/$/u, '');
  globalThis.__servers = { postgres, kafka, folder };
};

const kafkaForTests = async (folder) => {
  if (process.env.KAFKA_BROKERS) {
    process.env.TEST_KAFKA_BROKERS = process.env.KAFKA_BROKERS;
    return undefined;
  }
  const reason = whyNoKafka();
  if (reason !== undefined) {
    if (process.env.CI === 'true') throw new Error(`The Kafka tests cannot run: ${reason}.`);
    process.stderr.write(`The Kafka tests are skipped: ${reason}, or set KAFKA_BROKERS.\n`);
    return undefined;
  }
  const kafka = await startKafka({ folder: join(folder, 'kafka'), port: 0 });
  process.env.TEST_KAFKA_BROKERS = kafka.broker;
  return kafka;
};
