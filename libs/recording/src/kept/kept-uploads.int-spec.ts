import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import type { Message } from '#contracts';
import { createService, loadConfig } from '#platform';
import type { Vault } from '#vault';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { Quota } from '../deliveries/quota.js';
import { ImportRun, Interrupted } from '../imports/import-run.js';
import { ImportStore } from '../imports/import-store.js';
import { RunningStore } from '../imports/running-store.js';
import { StoredFiles } from '../imports/stored-files.js';
import { Recorder } from '../recorder.js';
import { fresh, good, table } from '../testing/importer.js';
import { accountOf, usingKept } from '../testing/kept.js';
import { client } from '../testing/samples.js';
import { ERASING_LOCK } from './erasing-lock.js';
import { KeptErasure } from './kept-erasure.projection.js';

/** What an erasure does to spreadsheets that lie here; on real PostgreSQL and the real log. */
const { recorder, desk, other, query, eraser } = usingKept((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const file = () => ({ name: 'a.csv', content: table(good(1)) });

/** What is left of an import that holds something that somebody wrote. */
const leftOf = async (id: string): Promise<object> => {
  const [left] = await query<object>(
    `select (select count(*)::int from recording.import_chunk where import = $1) as pieces,
       (select count(*)::int from recording.import_file where import = $1) as files,
       (select count(*)::int from recording.import_refusals where import = $1) as refused`,
    [id],
  );
  return left ?? {};
};
const nothingLeft = { pieces: 0, files: 0, refused: 0 };

/** Takes an import in hand that no worker gets. */
const held = async (id: string): Promise<void> => {
  await query(
    `update recording.import set state = 'running', confirmed_at = now(), log_size = 0,
       lease = 'ours', leased_at = now(), leased_until = now() + interval '1 hour' where id = $1`,
    [id],
  );
};

describe('an upload that waits when a learner is erased', () => {
  it('is withdrawn before anybody has looked into it, and says so', async () => {
    const name = fresh();
    const ada = await eraser.claim([accountOf(name)]);
    const id = await desk().upload({ name: `${name}.csv`, content: table(good(2, name)) });
    await eraser.erase(ada);
    expect(await leftOf(id)).toEqual(nothingLeft);
    expect(await desk().show(id)).toMatchObject({ state: 'withdrawn', files: [], rows: [] });
    expect((await desk().job(id)).state).toBe('withdrawn');
    const { mapping } = await desk().show(id);
    const body = { type: 'application/json', payload: JSON.stringify(mapping) };
    for (const answer of [
      await desk().send('POST', `/v1/imports/${id}/confirm`),
      await desk().send('PUT', `/v1/imports/${id}/mapping`, body),
    ])
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        409,
        { code: 'import-withdrawn' },
      ]);
    // In the moment before it is begun.
    const begun = recorder().service.app.get(ImportStore).confirm(id, mapping, 0);
    await expect(begun).rejects.toMatchObject({ code: 'import-withdrawn' });
  });

  it('is withdrawn with what its preview showed', async () => {
    const name = fresh();
    const ada = await eraser.claim([accountOf(name)]);
    const id = await desk().upload({ name: 'a.csv', content: table(good(2, name)) });
    expect((await desk().show(id)).rows).toHaveLength(2);
    await eraser.erase(ada);
    expect(await leftOf(id)).toEqual(nothingLeft);
    // Uploaded again without her, it is recorded.
    const again = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    expect((await desk().confirm(again)).counts.recorded).toBe(1);
  });

  it('stays where its provider does not know the learner', async () => {
    const [name, elsewhere] = [fresh(), fresh()];
    const content = table(good(2));
    const foreign = await other().upload({ name: 'a.csv', content });
    await eraser.erase(await eraser.claim([accountOf(name)]));
    expect((await other().show(foreign)).state).toBe('waiting');
    const own = await desk().upload({ name: 'a.csv', content });
    await eraser.erase(await eraser.claim([accountOf(elsewhere)], 'empty'));
    expect((await desk().show(own)).state).toBe('waiting');
    expect((await other().show(foreign)).state).toBe('withdrawn');
  });

  it('is withdrawn for any of the accounts of people who are one', async () => {
    const [here, there] = [fresh(), fresh()];
    const first = await eraser.claim([accountOf(here)], 'empty');
    const second = await eraser.claim([accountOf(there)]);
    const { vault } = recorder().service.foundation;
    await vault.merge(second.person, first.person, 1);
    const id = await desk().upload({ name: 'a.csv', content: table(good(1, there)) });
    await eraser.erase({ ...first, aliases: await vault.aliasesOf(first.person) });
    expect((await desk().show(id)).state).toBe('withdrawn');
  });

  it('is not taken further while it is still coming', async () => {
    const { app } = recorder().service;
    const [store, files] = [app.get(ImportStore), app.get(StoredFiles)];
    const id = await store.begin(client.id);
    await files.put(id, 1, 0, Buffer.from('Student\n'));
    await eraser.erase(await eraser.claim([accountOf(fresh())]));
    expect(await leftOf(id)).toEqual(nothingLeft);
    const more = files.put(id, 1, 1, Buffer.from('more'));
    await expect(more).rejects.toMatchObject({ code: 'import-withdrawn' });
    await expect(store.complete(id, 'live')).rejects.toMatchObject({ code: 'import-withdrawn' });
    expect(await leftOf(id)).toEqual(nothingLeft);
    await store.drop(id);
  });

  it('stays when it came after the erasure, should that be heard of again', async () => {
    const ada = await eraser.claim([accountOf(fresh())]);
    await eraser.erase(ada);
    const id = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    const { app, foundation } = recorder().service;
    const [entry] = (await foundation.log.read({ after: 0, limit: 1_000 }))
      .filter(({ kind }) => kind === 'learner-erased')
      .slice(-1);
    const message = { ...entry, recordedAt: new Date().toISOString(), data: ada } as object;
    await foundation.db.transaction((tx) => app.get(KeptErasure).handle([message as Message], tx));
    expect((await desk().show(id)).state).toBe('waiting');
  });

  it('stays where it came after an old erasure that is first heard of now', async () => {
    const ada = await eraser.claim([accountOf(fresh())]);
    const { app, foundation } = recorder().service;
    const [early, late] = [await desk().upload(file()), await desk().upload(file())];
    await query(
      `update recording.import set created_at = created_at - interval '1 day' where id = $1`,
      [early],
    );
    const erased = `evt_${fresh()}`;
    const recordedAt = new Date(Date.now() - 3_600_000).toISOString();
    const message = { kind: 'learner-erased', id: erased, recordedAt, data: ada } as object;
    await foundation.db.transaction((tx) => app.get(KeptErasure).handle([message as Message], tx));
    expect((await desk().show(early)).state).toBe('withdrawn');
    expect((await desk().show(late)).state).toBe('waiting');
  });

  it('can come and be read while the vault is asked who knows the learner', async () => {
    const ada = await eraser.claim([accountOf(fresh())]);
    const { foundation } = recorder().service;
    let locks = -1;
    const asked = {
      providersOf: async (aliases: readonly string[]) => {
        const [held] = await query<{ count: number }>(
          `select count(*)::int as count from pg_locks
           where locktype = 'advisory' and objid = $1 and mode = 'ExclusiveLock'`,
          [ERASING_LOCK],
        );
        locks = held?.count ?? -1;
        return foundation.vault.providersOf(aliases);
      },
    } as unknown as Vault;
    const projection = new KeptErasure(asked, new SystemClock());
    const recordedAt = new Date(0).toISOString();
    const message = { kind: 'learner-erased', recordedAt, data: ada };
    const batch = [1, 2].map((n) => ({ ...message, id: `${fresh()}-${n}` })) as object[];
    await foundation.db.transaction((tx) => projection.handle(batch as Message[], tx));
    expect(locks).toBe(0);
  });

  it('goes when the process had died before the erasure took effect', async () => {
    const ada = await eraser.claim([accountOf(fresh())]);
    const id = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    const { app, foundation } = recorder().service;
    const data = { person: ada.person, aliases: ada.aliases };
    const message = {
      kind: 'learner-erased',
      id: `evt_${fresh()}`,
      recordedAt: new Date().toISOString(),
      data,
    } as unknown as Message;
    const projection = app.get(KeptErasure);
    const crash = new Error('the power is cut');
    const dying = foundation.db.transaction(async (tx) => {
      await projection.handle([message], tx);
      throw crash;
    });
    await expect(dying).rejects.toBe(crash);
    expect((await desk().show(id)).state).toBe('waiting');
    await foundation.db.transaction((tx) => projection.handle([message], tx));
    expect(await leftOf(id)).toEqual(nothingLeft);
  });
});

describe('an import that runs when a learner is erased', () => {
  it('stops where it is: no row that was not on its way is recorded', async () => {
    const name = fresh();
    const ada = await eraser.claim([accountOf(name)]);
    const content = table([...good(3_600), `${name},Nursing,passed,2026-05-04,1`]);
    const id = await desk().upload({ name: 'a.csv', content });
    const { mapping } = await desk().show(id);
    await held(id);
    const { app } = recorder().service;
    const real = app.get(Recorder);
    let batches = 0;
    const erasing = {
      refusal: real.refusal.bind(real),
      record: async (...all: Parameters<Recorder['record']>) => {
        batches += 1;
        if (batches === 3) await eraser.erase(ada);
        return real.record(...all);
      },
    } as unknown as Recorder;
    const run = {
      stored: await app.get(ImportStore).find(id),
      mapping,
      client,
      holder: 'ours',
      claim: { id, logSize: 0, isAgain: false, goes: 1 },
      signal: new AbortController().signal,
    };
    const go = new ImportRun(
      run,
      app.get(ImportStore),
      app.get(StoredFiles),
      app.get(RunningStore),
      erasing,
      app.get(DeliveryBook),
      app.get(Quota),
    );
    await expect(go.toEnd()).rejects.toBeInstanceOf(Interrupted);
    const { state, counts } = await desk().job(id);
    expect(state).toBe('withdrawn');
    expect(counts.recorded).toBeLessThanOrEqual(1_000);
    // Her row is in the eighth.
    expect(batches).toBeLessThan(8);
    expect(await leftOf(id)).toMatchObject({ pieces: 0, refused: 0 });
    expect(await app.get(RunningStore).hold(id, 'ours')).toBe(false);
    await expect(desk().send('GET', `/v1/imports/${id}/errors`)).resolves.toMatchObject({
      status: 200,
    });
  });
});
