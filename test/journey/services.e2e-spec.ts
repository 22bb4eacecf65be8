import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithKafka } from '#testing';
import { createEmptyDatabase } from './database.js';
import { journey, type System } from './journey.js';
import { fsck, ledgerCommand } from './maintenance.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';

const VAULT_TOKEN = 'a-token-for-this-test-only';
const SERVICES = ['vault', 'recorder', 'issuer', 'exchange'] as const;
type Name = (typeof SERVICES)[number];

/** Separate services on real Kafka, a database each, one proxy in front. */
const start = async (): Promise<System> => {
  const ports = Object.fromEntries(
    await Promise.all(
      [...SERVICES, 'proxy'].map(async (name) => [name, await freePort()] as const),
    ),
  ) as Record<Name | 'proxy', number>;
  const at = (name: Name | 'proxy') => `http://localhost:${ports[name]}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const databases = {} as Record<Name, string>;
  for (const name of SERVICES) databases[name] = await createEmptyDatabase();
  const services = {} as Record<Name, LedgerProcess>;
  const environments = {} as Record<Name, Record<string, string>>;
  for (const name of SERVICES) {
    environments[name] = {
      PORT: String(ports[name]),
      PUBLIC_URL: at('proxy'),
      DATABASE_URL: databases[name],
      DATA_DIR: dataDir,
      VAULT_TOKEN,
      KAFKA_BROKERS: process.env['TEST_KAFKA_BROKERS'] ?? '',
      ...(name === 'vault' ? {} : { VAULT_URL: at('vault') }),
      ...(name === 'exchange' || name === 'vault' ? {} : { IDENTITY_URL: at('exchange') }),
      ...(name === 'exchange' ? { API_URL: at('proxy') } : {}),
    };
    services[name] = new LedgerProcess(`apps/${name}/src/main.js`, at(name), environments[name]);
  }
  const proxy = new LedgerProcess('deploy/proxy/main.js', at('proxy'), {
    PORT: String(ports.proxy),
    RECORDER_URL: at('recorder'),
    ISSUER_URL: at('issuer'),
    EXCHANGE_URL: at('exchange'),
  });
  services.vault.start();
  await services.vault.ready();
  for (const name of ['exchange', 'recorder', 'issuer'] as const) services[name].start();
  proxy.start();
  await Promise.all([...Object.values(services).map((service) => service.ready()), proxy.ready()]);
  const logs = SERVICES.filter((name) => name !== 'vault');
  return {
    url: at('proxy'),
    keysDir: join(dataDir, 'keys'),
    fsck: () => fsck(logs.map((name) => ({ name, databaseUrl: databases[name] }))),
    rebuild: async () => {
      await Promise.all(logs.map((name) => services[name].stop()));
      for (const name of logs) ledgerCommand(['rebuild', '--service', name], environments[name]);
      for (const name of logs) services[name].start();
      await Promise.all(logs.map((name) => services[name].ready()));
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
    stop: async () => {
      await proxy.stop();
      for (const name of SERVICES.toReversed()) await services[name].stop();
    },
  };
};

describeWithKafka('separate services on Kafka', () => {
  journey('the journey', start);
});
