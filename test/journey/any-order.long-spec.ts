import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithKafka } from '#testing';
import { startServices } from '../processes/topology.js';
import { anyOrder } from './any-order.js';
import { createEmptyDatabase } from './database.js';

describeWithKafka('separate services on Kafka', () => {
  anyOrder(() =>
    startServices({
      dataDir: mkdtempSync(join(tmpdir(), 'ledger-')),
      database: createEmptyDatabase,
      brokers: process.env['TEST_KAFKA_BROKERS'] ?? '',
    }),
  );
});
