import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Postgres, startPostgres } from '../../libs/platform/src/postgres/start-postgres.js';
import { Person, tokenFor } from '../journey/client.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';
import * as story from '../journey/story.js';

jest.setTimeout(90_000);

describe('when PostgreSQL goes away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-away-'));
  let postgres: Postgres;
  let ledger: LedgerProcess;
  let mooc: Person;

  const start = () => startPostgres({ dataDir: folder, databases: ['ledger'], fast: true });

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    postgres = await start();
    const port = await freePort();
    const url = `http://localhost:${port}`;
    ledger = new LedgerProcess('apps/all-in-one/src/main.js', url, {
      PORT: String(port),
      DATABASE_URL: postgres.url('ledger'),
      DATA_DIR: folder,
    });
    ledger.start();
    await ledger.ready();
    const keys = join(folder, 'keys');
    const admin = new Person(url, await tokenFor(keys, url, { id: 'per_operator', role: 'admin' }));
    await admin.must(201, 'post', '/v1/clients', story.MOOC);
    mooc = new Person(url, await tokenFor(keys, url, { id: story.MOOC.id, role: 'provider' }));
    await mooc.eventually('/v1/institutions', ({ data }) => data.length === 1);
  });
  afterAll(async () => {
    await ledger?.stop();
    await postgres?.stop();
  });

  const post = (id: string) => mooc.send('post', '/v1/events', { ...story.moocEvents[0], id });

  it('answers 503 with Retry-After, turns readiness red, and recovers by itself', async () => {
    const before = await post('before');
    expect(before.body.results[0].status).toBe('recorded');
    await postgres.stop();

    const away = await post('during');
    expect([away.status, away.body.code]).toEqual([503, 'unavailable']);
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
    const ready = await mooc.send('get', '/health/ready');
    expect([ready.status, ready.body.parts.database]).toEqual([503, false]);
    expect((await mooc.send('get', '/health/live')).status).toBe(200);
    const read = await mooc.send('get', '/v1/institutions');
    expect([read.status, read.body.code]).toEqual([503, 'unavailable']);

    postgres = await start();
    await ledger.ready();
    for (let tries = 0; ; tries += 1) {
      const again = await post('during');
      if (again.status === 200) {
        expect(again.body.results[0].status).toBe('recorded');
        break;
      }
      expect(tries).toBeLessThan(100);
      await sleep(100);
    }
    expect((await post('before')).body.results[0]).toMatchObject({
      status: 'duplicate',
      seq: before.body.results[0].seq,
    });
    expect(ledger.hasExited).toBe(false);
  });
});
