import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { Quota } from '../deliveries/quota.js';
import { Recorder } from '../recorder.js';
import { fresh, good, table, usingImporter } from '../testing/importer.js';
import { client } from '../testing/samples.js';
import { ImportRun, Interrupted } from './import-run.js';
import { ImportStore } from './import-store.js';
import { RunningStore } from './running-store.js';
import { StoredFiles } from './stored-files.js';

/** How an import runs, in one go or more, and what is told of it; on the real log. */
const { recorder, desk, query } = usingImporter((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

/** Refused rows and files, as the deliveries tell them once what was noted is written. */
const refusedOnes = async (): Promise<number> => {
  await sleep(1_500);
  const headers = { authorization: desk().authorization };
  const path = '/v1/deliveries?channel=import';
  const { json } = await recorder().send('GET', path, undefined, headers);
  return (json['data'] as { counts: { refused: number } }[])
    .map(({ counts }) => counts.refused)
    .reduce((sum, refused) => sum + refused, 0);
};

describe('an import', () => {
  it('stands among the deliveries with what became of its rows', async () => {
    const name = fresh();
    const content = `learner;title;date\n${name};Reading;2026-03-01\n;Reading;2026-03-01\n`;
    const id = await desk().upload({ name: 'rows.csv', content: Buffer.from(content) });
    const { counts } = await desk().confirm(id);
    expect(counts).toEqual({ recorded: 1, duplicate: 0, test: 0, refused: 1 });
    const headers = { authorization: desk().authorization };
    const told = async (): Promise<object | undefined> => {
      const path = '/v1/deliveries?channel=import';
      const { json } = await recorder().send('GET', path, undefined, headers);
      return (json['data'] as { counts: object }[]).find(
        ({ counts: { recorded, refused } }: { counts: { recorded?: number; refused?: number } }) =>
          recorded === 1 && refused === 1,
      );
    };
    const until = Date.now() + 10_000;
    while (!(await told()) && Date.now() < until) await sleep(50);
    expect(await told()).toMatchObject({ channel: 'import', area: 'live' });
  });

  it('notes what has happened also where it is stopped at that moment', async () => {
    const app = recorder().service.app;
    const id = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    const { mapping } = await desk().show(id);
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = 0,
         lease = 'ours', leased_at = now(), leased_until = now() + interval '1 hour' where id = $1`,
      [id],
    );
    const before = await refusedOnes();
    const run = {
      stored: await app.get(ImportStore).find(id),
      mapping,
      client,
      holder: 'ours',
      claim: { id, logSize: 0, isAgain: false, goes: 4 },
      signal: AbortSignal.abort(),
    };
    const go = new ImportRun(
      run,
      app.get(ImportStore),
      app.get(StoredFiles),
      app.get(RunningStore),
      app.get(Recorder),
      app.get(DeliveryBook),
      app.get(Quota),
    );
    await expect(go.giveUp()).rejects.toBeInstanceOf(Interrupted);
    for (let n = 0; n < 8 && (await refusedOnes()) === before; n += 1) await sleep(100);
    expect(await refusedOnes()).toBe(before + 1);
    await query('delete from recording.import where id = $1', [id]);
  });

  it('stands among the deliveries also where no row of it can be read', async () => {
    const before = await refusedOnes();
    const good1 = { name: 'a.csv', content: table(good(1)) };
    const id = await desk().upload(good1, { name: 'b.csv', content: 'Foo,Bar\n1,2\n' });
    await desk().confirm(id);
    for (let n = 0; n < 8 && (await refusedOnes()) === before; n += 1) await sleep(100);
    expect(await refusedOnes()).toBe(before + 1);
  });

  it('is followed live, and its stream ends with it', async () => {
    const id = await desk().upload({ name: 'a.csv', content: table(good(2_000)) });
    await desk().send('POST', `/v1/imports/${id}/confirm`);
    const { text, headers } = await desk().send('GET', `/v1/jobs/${id}/events`);
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    const jobs = [...text.matchAll(/^event: job\ndata: (?<job>.*)$/gmu)].map(
      ({ groups }) => JSON.parse(groups?.['job'] ?? '{}') as { state: string; done: number },
    );
    expect(jobs.at(-1)).toMatchObject({ state: 'done', done: 2_001 });
    expect(jobs.length).toBeLessThan(30);
  });

  it('goes on from its place in another process, and counts what its first go recorded as recorded', async () => {
    const rows = good(3_000);
    const id = await desk().upload({ name: 'a.csv', content: table(rows) });
    const { mapping } = await desk().show(id);
    const before = await recorder().size();
    // As a process leaves it that dies after recording 1,500 rows, and moved its place past 1,000.
    const first = await desk().upload({ name: 'b.csv', content: table(rows.slice(0, 1_500)) });
    await desk().confirm(first);
    await desk().map(id, { ...mapping });
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = $2,
         recorded = 1000, lease = 'dead', leased_at = now(),
         leased_until = now() + interval '1 second' where id = $1`,
      [id, before],
    );
    await query('update recording.import_file set row = 1001 where import = $1', [id]);
    expect((await desk().job(id)).state).toBe('running');
    expect(await desk().end(id)).toMatchObject({
      state: 'done',
      done: 3_001,
      counts: { recorded: 3_000, duplicate: 0, refused: 0 },
    });
    expect(await recorder().size()).toBe(before + 3_000);
  });

  it('is given up after three goes that moved nothing, whatever became of who made them', async () => {
    const id = await desk().upload({ name: 'a.csv', content: table(good(3)) });
    const { mapping } = await desk().show(id);
    await desk().map(id, { ...mapping });
    const before = await recorder().size();
    // As processes leave it that die while they read.
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = $2,
         claims = 3, lease = 'dead', leased_at = now(), leased_until = now() where id = $1`,
      [id, before],
    );
    expect(await desk().end(id)).toMatchObject({ state: 'done', counts: { recorded: 0 } });
    const [file] = (await desk().show(id)).files;
    expect(file?.problem?.reason).toContain('went wrong on our side');
    expect(await recorder().size()).toBe(before);
  });

  it('counts each go, and forgets them when its place moves', async () => {
    const id = await desk().upload({ name: 'a.csv', content: table(good(3)) });
    const [kept] = await query<{ mapping: Buffer }>(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = 0
       where id = $1 returning mapping`,
      [id],
    ).then((updated) => updated.flat() as { mapping: Buffer }[]);
    // It has no mapping: nobody can read it, and the go stays counted.
    expect(kept).toMatchObject({ mapping: null });
    const claims = async (): Promise<number | undefined> => {
      const sql = 'select claims from recording.import where id = $1';
      return (await query<{ claims: number }>(sql, [id]))[0]?.claims;
    };
    for (let n = 0; n < 100 && (await claims()) === 0; n += 1) await sleep(50);
    expect(await claims()).toBe(1);
    const other = await desk().upload({ name: 'a.csv', content: table(good(3)) });
    await desk().confirm(other);
    const sql = 'select claims from recording.import where id = $1';
    expect(await query(sql, [other])).toEqual([{ claims: 0 }]);
    await query('delete from recording.import where id = $1', [id]);
  });

  it('stops where it is when it is cancelled', async () => {
    const id = await desk().upload({ name: 'a.csv', content: table(good(20_000)) });
    await desk().send('POST', `/v1/imports/${id}/confirm`);
    while ((await desk().job(id)).counts.recorded === 0) await sleep(10);
    expect((await desk().send('DELETE', `/v1/imports/${id}`)).status).toBe(204);
    const { counts } = await desk().job(id);
    await sleep(1_500);
    const job = await desk().job(id);
    expect(job).toMatchObject({ state: 'cancelled', counts });
    expect(job.counts.recorded).toBeLessThan(20_000);
    expect((await desk().send('POST', `/v1/imports/${id}/confirm`)).text).toContain(
      'import-started',
    );
  });
});
