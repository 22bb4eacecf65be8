import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkLog } from '#log';
import { type Postgres, startPostgres } from '../../libs/platform/src/postgres/start-postgres.js';
import { Person, tokenFor } from '../journey/client.js';
import type { LedgerProcess } from '../processes/ledger-process.js';
import { startAllInOne, type Topology } from '../processes/topology.js';
import { backUp } from './base-backup.js';
import { HttpClient, type Shared } from './http-client.js';
import { readLog } from './invariants/ledger.js';
import { checkAcknowledged, checkDense } from './invariants/recorded.js';
import { Journal, readJournal } from './journal.js';
import { Random } from './random.js';
import { HOME_PAGE, PROVIDER, Workload } from './workload.js';

jest.setTimeout(120_000);

const SOURCE = `urn:llcl:${PROVIDER}:backup`;
/** Small, as all of it is copied. */
const SETTINGS = { shared_buffers: '64MB', min_wal_size: '32MB', max_wal_size: '64MB' };

describe('a backup taken under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-backup-'));
  const elsewhere = join(folder, 'elsewhere');
  let postgres: Postgres;
  let restored: Postgres;
  let topology: Topology;
  let journal: Journal;
  /** Acknowledged before the backup began. */
  let before: ReturnType<typeof readJournal>;
  let authorization: string;

  const ledger = () => topology.processes['ledger'] as LedgerProcess;
  const sizeOf = async (server: Postgres) =>
    checkLog({ databaseUrl: server.url('ledger'), name: 'ledger' });
  const untilAcknowledged = async (count: number): Promise<void> => {
    for (const wanted = journal.size + count; journal.size < wanted;) await sleep(20);
  };

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    const original = join(folder, 'original');
    postgres = await startPostgres({ dataDir: original, settings: SETTINGS });
    const database = () => Promise.resolve(postgres.url('ledger'));
    topology = await startAllInOne({ dataDir: original, database });
    journal = new Journal(join(folder, 'journal'));
    const { keysDir, url } = topology;
    const admin = new Person(
      url,
      await tokenFor(keysDir, url, { id: 'per_operator', role: 'admin' }),
    );
    await admin.must(201, 'post', '/v1/clients', {
      id: PROVIDER,
      name: 'Backup',
      type: 'university',
      country: 'ES',
      homePage: HOME_PAGE,
      sources: [SOURCE],
      learningContext: 'formal',
      highestAssurance: 'assessed',
    });
    authorization = await tokenFor(keysDir, url, { id: PROVIDER, role: 'provider' });
    const load = new AbortController();
    const loading = client().run(load.signal);
    await untilAcknowledged(400);
    before = readJournal(journal.path);
    mkdirSync(elsewhere);
    await backUp(postgres, elsewhere);
    await untilAcknowledged(400);
    load.abort();
    await loading;
    await publishedAll();
    restored = await startPostgres({ dataDir: elsewhere, settings: SETTINGS });
  });
  afterAll(async () => {
    await topology?.stop();
    journal?.close();
    await restored?.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const client = (): HttpClient => {
    const shared: Shared = {
      urls: [topology.url],
      journal,
      authorization: () => Promise.resolve(authorization),
      sent: new Map(),
      recent: [],
      refusals: new Set(),
      answers: new Map(),
      over: new AbortController().signal,
      pauseMs: 5,
    };
    const random = new Random(1);
    return new HttpClient(shared, new Workload(SOURCE, random), random.fork());
  };

  /** Until the last checkpoint is of the whole log. */
  const publishedAll = async (): Promise<void> => {
    const { size } = await sizeOf(postgres);
    for (;;) {
      const response = await fetch(`${topology.url}/log/ledger/checkpoint`);
      const [, published] = (await response.text()).split('\n');
      if (response.status === 200 && Number(published) >= size) return;
      await sleep(100);
    }
  };

  it('is whole: nothing acknowledged before it is missing, and fsck finds nothing', async () => {
    const checked = await sizeOf(restored);
    expect(checked.violations).toEqual([]);
    const entries = await readLog('ledger', restored.url('ledger'));
    expect(before.size).toBeGreaterThanOrEqual(400);
    expect(checkAcknowledged(before.values(), entries)).toEqual([]);
    expect(checkDense('ledger', entries)).toEqual([]);
    expect(checked.size).toBeLessThan((await sizeOf(postgres)).size);
  });

  it('does not fork what was published: a ledger on it neither records nor signs', async () => {
    const { size } = await sizeOf(restored);
    await ledger().stop();
    ledger().start({ DATABASE_URL: restored.url('ledger') });
    await ledger().ready('/health/live');
    const provider = new Person(topology.url, authorization);
    const [event] = new Workload(SOURCE, new Random(9)).next(1);
    const answer = await provider.send('post', '/v1/events', event?.body);
    expect(answer.status === 200 ? answer.body.results[0].code : answer.body.code).toBe(
      'log-not-trusted',
    );
    expect((await provider.send('get', '/log/ledger/checkpoint')).status).toBe(503);
    expect((await sizeOf(restored)).size).toBe(size);
  });

  it('leaves the original to go on', async () => {
    await ledger().stop();
    ledger().start();
    await ledger().ready();
    const { size } = await sizeOf(postgres);
    const load = new AbortController();
    const loading = client().run(load.signal);
    load.abort();
    await loading;
    const again = await sizeOf(postgres);
    expect(again.violations).toEqual([]);
    expect(again.size).toBeGreaterThanOrEqual(size);
  });
});
