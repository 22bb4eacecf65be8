import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithKafka } from '#testing';
import type { LedgerProcess } from '../processes/ledger-process.js';
import { LOGS, type ServiceName, startServices } from '../processes/topology.js';
import { createEmptyDatabase } from './database.js';
import { journey, type System } from './journey.js';
import { fsck, ledgerCommand } from './maintenance.js';

/** Separate services on real Kafka. */
const start = async (): Promise<System> => {
  const topology = await startServices({
    dataDir: mkdtempSync(join(tmpdir(), 'ledger-')),
    database: createEmptyDatabase,
    brokers: process.env['TEST_KAFKA_BROKERS'] ?? '',
  });
  const { databases, environments } = topology;
  const services = topology.processes as Readonly<Record<ServiceName, LedgerProcess>>;
  return {
    url: topology.url,
    keysDir: topology.keysDir,
    fsck: () => fsck(LOGS.map((name) => ({ name, databaseUrl: databases[name] ?? '' }))),
    rebuild: async () => {
      await Promise.all(LOGS.map((name) => services[name].stop()));
      for (const name of LOGS)
        ledgerCommand(['rebuild', '--service', name], environments[name] ?? {});
      for (const name of LOGS) services[name].start();
      await Promise.all(LOGS.map((name) => services[name].ready()));
    },
    // The relay dies just after it published and before it wrote that down; the consumer dies in
    // the middle of a batch, after its effect and before its place was committed.
    disturb: async (record) => {
      await services.recorder.stop();
      await services.issuer.stop();
      services.recorder.start({ FAILPOINT: 'relay.after-publish' });
      services.issuer.start({ FAILPOINT: 'projection.after-handle' });
      await services.recorder.ready('/health/live').catch(() => undefined);
      await record().catch(() => undefined);
      await services.recorder.ended();
      services.recorder.start();
      await services.recorder.ready();
      await record();
      await services.issuer.ended();
      services.issuer.start();
      await services.issuer.ready();
    },
    stop: () => topology.stop(),
  };
};

describeWithKafka('separate services on Kafka', () => {
  journey('the journey', start);
});
