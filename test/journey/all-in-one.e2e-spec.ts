import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerProcess } from '../processes/ledger-process.js';
import { startAllInOne } from '../processes/topology.js';
import { createEmptyDatabase } from './database.js';
import { journey, type System } from './journey.js';
import { fsck, ledgerCommand } from './maintenance.js';

/** One process, events travel inside it. */
const start = async (): Promise<System> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const topology = await startAllInOne({ dataDir, database: createEmptyDatabase });
  const { ledger } = topology.processes as { readonly ledger: LedgerProcess };
  return {
    url: topology.url,
    keysDir: topology.keysDir,
    fsck: () => fsck([{ name: 'ledger', databaseUrl: topology.databases['ledger'] ?? '' }]),
    rebuild: async () => {
      await ledger.stop();
      ledgerCommand(['rebuild'], topology.environments['ledger'] ?? {});
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
    stop: () => topology.stop(),
  };
};

journey('the journey in one process', start);
