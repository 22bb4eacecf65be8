import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Person, tokenFor } from '../journey/client.js';
import { usingDisturbedLedger } from './disturbed-ledger.js';
import * as story from '../journey/story.js';

jest.setTimeout(90_000);

describe('when PostgreSQL goes away', () => {
  const disturbed = usingDisturbedLedger('away');
  let mooc: Person;

  beforeAll(async () => {
    const admin = await disturbed.admin();
    const { keys, url } = disturbed;
    await admin.must(201, 'post', '/v1/clients', story.MOOC);
    mooc = new Person(url, await tokenFor(keys, url, { id: story.MOOC.id, role: 'provider' }));
    await mooc.eventually('/v1/institutions', ({ data }) => data.length === 1);
  });

  const post = (id: string) => mooc.send('post', '/v1/events', { ...story.moocEvents[0], id });

  it('answers 503 with Retry-After, turns readiness red, and recovers by itself', async () => {
    const before = await post('before');
    expect(before.body.results[0].status).toBe('recorded');
    await disturbed.stopDatabase();

    const away = await post('during');
    expect([away.status, away.body.code]).toEqual([503, 'unavailable']);
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
    const ready = await mooc.send('get', '/health/ready');
    expect([ready.status, ready.body.parts.database]).toEqual([503, false]);
    expect((await mooc.send('get', '/health/live')).status).toBe(200);
    const read = await mooc.send('get', '/v1/institutions');
    expect([read.status, read.body.code]).toEqual([503, 'unavailable']);

    await disturbed.startDatabase();
    await disturbed.process.ready();
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
    expect(disturbed.process.hasExited).toBe(false);
  });
});
