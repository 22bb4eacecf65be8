import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from './connect.js';
import { startKafka } from '../../deploy/kafka/start-kafka.js';
import { startPostgres } from '../../libs/platform/src/postgres/start-postgres.js';
import type { Bench } from './row.js';

/** As an operator would set them for a server of this size; everything is durable. */
const SETTINGS = {
  shared_buffers: '2GB',
  min_wal_size: '4GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
};

export interface Servers {
  readonly bench: Bench;
  /** Ends what one row alone may see: the topics of another installation would be taken for its own. */
  endRow(): Promise<void>;
  close(): Promise<void>;
}

/** A server starts when a row first asks for it: PostgreSQL once for all rows, Kafka once for each. */
export const openServers = (isQuick: boolean): Servers => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  // Open to all, as servers do not run as root.
  chmodSync(folder, 0o755);
  let postgres: ReturnType<typeof startPostgres> | undefined;
  let kafka: ReturnType<typeof startKafka> | undefined;
  let [databases, brokers] = [0, 0];
  const startDatabase = () => (postgres ??= startPostgres({ dataDir: folder, settings: SETTINGS }));
  const bench: Bench = {
    isQuick,
    folder,
    database: async () => {
      const server = await startDatabase();
      databases += 1;
      const name = `bench_${databases}`;
      const client = await connect(server.url('postgres'));
      await client.query(`create database ${name}`);
      await client.end();
      return server.url(name);
    },
    brokers: async () => {
      kafka ??= startKafka({ folder: join(folder, `kafka-${++brokers}`), port: 0 });
      return [(await kafka).broker];
    },
    progress: (text) => {
      process.stderr.write(`${text}\n`);
    },
  };
  const endRow = async (): Promise<void> => {
    const running = kafka;
    kafka = undefined;
    await (await running)?.stop();
  };
  return {
    bench,
    endRow,
    close: async () => {
      await endRow();
      await (await postgres)?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
