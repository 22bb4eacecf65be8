import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmptyDatabase } from './database.js';
import { journey, type System } from './journey.js';
import { fsck, ledgerCommand } from './maintenance.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';

/** One process, events travel inside it. */
const start = async (): Promise<System> => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const database = await createEmptyDatabase();
  const env = {
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: database,
    DATA_DIR: dataDir,
  };
  const ledger = new LedgerProcess('apps/all-in-one/src/main.js', url, env);
  ledger.start();
  await ledger.ready();
  return {
    url,
    keysDir: join(dataDir, 'keys'),
    fsck: () => fsck([{ name: 'ledger', databaseUrl: database }]),
    rebuild: async () => {
      await ledger.stop();
      ledgerCommand(['rebuild'], env);
      ledger.start();
      await ledger.ready();
    },
    // The process dies while it is recording; what it acknowledged is still there, and the rest
    // can be sent again.
    disturb: async (record) => {
      await record();
      ledger.kill();
      await ledger.ended();
      ledger.start();
      await ledger.ready();
      await record();
    },
    stop: () => ledger.stop(),
  };
};

journey('the journey in one process', start);
