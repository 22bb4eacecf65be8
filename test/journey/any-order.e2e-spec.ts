import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAllInOne } from '../processes/topology.js';
import { anyOrder } from './any-order.js';
import { createEmptyDatabase } from './database.js';

anyOrder(() =>
  startAllInOne({ dataDir: mkdtempSync(join(tmpdir(), 'ledger-')), database: createEmptyDatabase }),
);
