import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type Postgres, startPostgres } from '../../libs/platform/src/postgres/start-postgres.js';
import { Person, tokenFor } from '../journey/client.js';
import type { LedgerProcess } from '../processes/ledger-process.js';
import { startAllInOne, type Topology } from '../processes/topology.js';

/** A ledger in one process on a PostgreSQL of its own: a test may stop and start either. */
export interface Disturbed {
  readonly url: string;
  readonly keys: string;
  readonly env: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly process: LedgerProcess;
  /** An operator. */
  admin(): Promise<Person>;
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
}

/** One for all tests of a file. `env`: settings beside what it stands on. */
export const usingDisturbedLedger = (
  name: string,
  env: Readonly<Record<string, string>> = {},
): Disturbed => {
  const folder = mkdtempSync(join(tmpdir(), `ledger-${name}-`));
  let postgres: Postgres;
  let topology: Topology;
  const startDatabase = async (): Promise<void> => {
    postgres = await startPostgres({ dataDir: folder, databases: ['ledger'], fast: true });
  };
  beforeAll(async () => {
    // PostgreSQL never runs as root: whoever it runs as must get in.
    chmodSync(folder, 0o755);
    await startDatabase();
    const database = () => Promise.resolve(postgres.url('ledger'));
    topology = await startAllInOne({ dataDir: folder, database, env });
  });
  afterAll(async () => {
    await topology?.stop();
    await postgres?.stop();
  });
  return {
    get url() {
      return topology.url;
    },
    get keys() {
      return topology.keysDir;
    },
    get env() {
      return topology.environments['ledger'] ?? {};
    },
    get databaseUrl() {
      return postgres.url('ledger');
    },
    get process() {
      return topology.processes['ledger'] as LedgerProcess;
    },
    admin: async () => {
      const { url, keysDir } = topology;
      return new Person(url, await tokenFor(keysDir, url, { id: 'per_operator', role: 'admin' }));
    },
    stopDatabase: () => postgres.stop(),
    startDatabase,
  };
};
