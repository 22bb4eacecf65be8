import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Job } from '#contracts';
import { createService, loadConfig } from '#platform';
import { Clients } from '../clients.js';
import { Quota } from '../deliveries/quota.js';
import { good, table, usingImporter } from '../testing/importer.js';
import { client } from '../testing/samples.js';

/** An import under the quota of its client; on the real log and PostgreSQL. */
const { recorder, desk, query } = usingImporter((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

/** So much is left of the quota from here on, and a minute's worth is as much. */
const allow = async (eventsPerMinute: number): Promise<void> => {
  await sleep(20);
  // Under a limit this large all of it has come back by now.
  const large = { ...client, quota: { eventsPerMinute: 1_000_000_000 } };
  recorder().service.app.get(Quota).msUntilFull(large);
  await limit(eventsPerMinute);
};
const limit = async (eventsPerMinute: number): Promise<void> => {
  await query('update recording.client set definition = definition || $2 where id = $1', [
    client.id,
    JSON.stringify({ quota: { eventsPerMinute } }),
  ]);
  recorder().service.app.get(Clients).forget(client.id);
};

const begun = async (rows: readonly string[]): Promise<string> => {
  const id = await desk().upload({ name: 'a.csv', content: table(rows) });
  expect((await desk().send('POST', `/v1/imports/${id}/confirm`)).status).toBe(202);
  return id;
};
const paused = async (id: string): Promise<Job> => {
  for (let n = 0; n < 200; n += 1) {
    const job = await desk().job(id);
    if (job.pausedUntil !== undefined || job.state !== 'running') return job;
    await sleep(50);
  }
  throw new Error('it does not pause');
};
/** What it waited for is there. */
const refill = async (id: string): Promise<void> => {
  await allow(1_000_000);
  await query('update recording.import set paused_until = now() where id = $1', [id]);
};

describe('an import under a quota', () => {
  it('waits where the quota is used up, says until when, and goes on to its end', async () => {
    const before = await recorder().size();
    await allow(100);
    const id = await begun(good(250));
    const job = await paused(id);
    expect(job).toMatchObject({ state: 'running', secondsLeft: null });
    const until = Date.parse(job.pausedUntil ?? '') - Date.now();
    expect(until).toBeGreaterThan(30_000);
    expect(until).toBeLessThanOrEqual(60_000);
    // A hundred, and what came in while they were recorded.
    expect(job.counts.recorded).toBeGreaterThanOrEqual(100);
    expect(job.counts.recorded).toBeLessThan(120);
    expect(await recorder().size()).toBe(before + job.counts.recorded);
    // No worker holds it, and none of its goes counts.
    const sql = 'select lease, claims, leased_at from recording.import where id = $1';
    expect(await query(sql, [id])).toEqual([{ lease: null, claims: 0, leased_at: null }]);
    await sleep(1_500);
    expect((await desk().job(id)).counts).toEqual(job.counts);

    await refill(id);
    const ended = await desk().end(id);
    expect(ended).toMatchObject({
      state: 'done',
      counts: { recorded: 250, duplicate: 0, refused: 0 },
    });
    expect(ended).not.toHaveProperty('pausedUntil');
    expect(await recorder().size()).toBe(before + 250);
  });

  it('ends at once where the quota is used up by its last row', async () => {
    await allow(60);
    const id = await begun(good(60));
    expect(await paused(id)).toMatchObject({ state: 'done', counts: { recorded: 60 } });
  });

  it('leaves nothing to requests, which are told to come again', async () => {
    await allow(10);
    const id = await begun(good(30));
    await paused(id);
    const answer = await recorder().send('POST', '/v1/events', [], {
      authorization: desk().authorization,
    });
    expect([answer.status, answer.json['code']]).toEqual([429, 'quota-exceeded']);
    expect((await desk().send('DELETE', `/v1/imports/${id}`)).status).toBe(204);
    const stopped = await desk().job(id);
    expect(stopped.state).toBe('cancelled');
    expect(stopped).not.toHaveProperty('pausedUntil');
  });

  it('counts as recorded what a go recorded that died, also behind a wait', async () => {
    await allow(1_000_000);
    const rows = good(300);
    const id = await desk().upload({ name: 'a.csv', content: table(rows) });
    const { mapping } = await desk().show(id);
    await desk().map(id, { ...mapping });
    const before = await recorder().size();
    const first = await desk().upload({ name: 'b.csv', content: table(rows.slice(0, 200)) });
    await desk().confirm(first);
    await allow(10);
    // As a process leaves it that dies after recording 200 rows, and moved its place past none.
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = $2,
         lease = 'dead', leased_at = now(), leased_until = now() where id = $1`,
      [id, before],
    );
    const job = await paused(id);
    expect(job).toMatchObject({ counts: { duplicate: 0 } });
    expect(job.counts.recorded).toBeLessThan(200);
    await refill(id);
    expect(await desk().end(id)).toMatchObject({
      state: 'done',
      counts: { recorded: 300, duplicate: 0, refused: 0 },
    });
    expect(await recorder().size()).toBe(before + 300);
  });

  it('waits as a trial as well', async () => {
    await allow(10);
    const payload = table(good(30));
    const id = await desk().upload({ name: 'a.csv', content: payload });
    await query(`update recording.import set area = 'test' where id = $1`, [id]);
    await desk().send('POST', `/v1/imports/${id}/confirm`);
    const job = await paused(id);
    expect(job).toMatchObject({ area: 'test', counts: { recorded: 0 } });
    expect(job.counts.test).toBeLessThan(30);
    await refill(id);
    expect((await desk().end(id)).counts).toMatchObject({ recorded: 0, test: 30 });
  });

  it('is not slowed where there is no quota but the generous one of an installation', async () => {
    await query(`update recording.client set definition = definition - 'quota' where id = $1`, [
      client.id,
    ]);
    recorder().service.app.get(Clients).forget(client.id);
    const id = await begun(good(3_000));
    const seen: Job[] = [];
    for (let job = await desk().job(id); ; job = await desk().job(id)) {
      seen.push(job);
      if (job.state !== 'running') break;
      await sleep(20);
    }
    expect(seen.at(-1)?.counts.recorded).toBe(3_000);
    expect(seen.filter(({ pausedUntil }) => pausedUntil !== undefined)).toEqual([]);
  });
});
