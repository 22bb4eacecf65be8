import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createService, loadConfig } from '#platform';
import { Recorder } from '../../recorder.js';
import { client, named, times, unique } from '../../testing/samples.js';
import { usingXapiStore } from '../../testing/xapi-store.js';
import type { Batch } from './new-statement.js';
import { PrepareStatements } from './prepare-statements.js';
import { SealedStatements } from './sealed-statements.js';
import { StatementWriter } from './statement-writer.js';

const store = usingXapiStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('the writer', () => {
  const writer = () => store().recorder.service.app.get(StatementWriter);
  const batchOf = async (...said: ReturnType<typeof named>[]): Promise<Batch> => ({
    client,
    statements: await store()
      .recorder.service.app.get(PrepareStatements)
      .prepare(
        client.id,
        said.map((one) => ({ id: one.id, statement: one as never, attachments: [] })),
      ),
  });

  it('stores what comes with something that PostgreSQL refuses', async () => {
    const good = times(6, () => named(unique()));
    const bad = await batchOf(named(unique()));
    const [inside] = bad.statements;
    if (!inside) throw new Error('nothing was prepared');
    const unstorable = { ...bad, statements: [{ ...inside, id: 'no-uuid' }] };
    const unwritable = {
      ...bad,
      statements: [{ ...inside, sealed: { ...inside.sealed, people: ['\0'] } }],
    };
    const batches = await Promise.all(good.map((one) => batchOf(one)));
    batches.splice(2, 0, unstorable, unwritable);
    const answers = await Promise.allSettled(batches.map((batch) => writer().write(batch)));
    expect(answers.map(({ status }) => status)).toEqual([
      ...times(2, () => 'fulfilled'),
      ...times(2, () => 'rejected'),
      ...times(4, () => 'fulfilled'),
    ]);
    for (const { id } of good) expect((await store().get(id)).status).toBe(200);
  });

  it('forgets nobody who calls as soon as it has answered', async () => {
    const chained = times(5, () => named(unique()));
    const [first, ...rest] = await Promise.all(chained.map((one) => batchOf(one)));
    if (!first) throw new Error('nothing was prepared');
    let last = writer().write(first);
    for (const batch of rest) last = last.then(() => writer().write(batch));
    await expect(last).resolves.toEqual([{ id: chained.at(-1)?.id }]);
  });

  it('answers those that wait when it is stopped, and nobody after that', async () => {
    const fresh = new StatementWriter(
      store().recorder.service.foundation.db,
      { now: () => new Date() },
      undefined as never,
      undefined as never,
    );
    const said = times(20, () => named(unique()));
    const batches = await Promise.all(said.map((one) => batchOf(one)));
    const waiting = batches.map((batch) => fresh.write(batch));
    await fresh.stop();
    await expect(Promise.all(waiting)).resolves.toHaveLength(20);
    const late = await batchOf(named(unique()));
    await expect(fresh.write(late)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('shares the store with those of other processes', async () => {
    const { app, foundation } = store().recorder.service;
    const others = times(
      3,
      () =>
        new StatementWriter(
          foundation.db,
          { now: () => new Date(Date.now() - 60_000) },
          app.get(Recorder),
          app.get(SealedStatements),
        ),
    );
    const said = times(30, () => named(unique()));
    const batches = await Promise.all(said.map((one) => batchOf(one)));
    const work = () =>
      Promise.all([writer(), ...others].flatMap((one) => batches.map((each) => one.write(each))));
    expect(await store().added(work)).toEqual({ entries: 0, stored: 30 });
    await Promise.all(others.map((one) => one.stop()));
    const { json } = await store().list({ ascending: 'true' });
    const inOrder = (json['statements'] as { stored: string }[]).map(({ stored }) => stored);
    // In order, although one clock is a minute behind.
    expect(inOrder).toEqual(inOrder.toSorted());
  });

  it('takes no more than fits into memory while others wait', async () => {
    const small = await batchOf(named(unique()));
    const [inside] = small.statements;
    if (!inside) throw new Error('nothing was prepared');
    const content = Buffer.alloc(150 * 1024 * 1024);
    // PostgreSQL refuses it before anything of it is sent.
    const large = {
      ...small,
      statements: [{ ...inside, id: 'no-uuid', sealed: { ...inside.sealed, content } }],
    };
    const outcomes = await Promise.allSettled(
      [large, large, small].map((one) => writer().write(one)),
    );
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: '22P02' } },
      { status: 'rejected', reason: { code: 'unavailable' } },
      { status: 'fulfilled' },
    ]);
    await expect(writer().write(large)).rejects.toMatchObject({ code: '22P02' });
  });

  it('gives up a connection that is lost, and goes on with another', async () => {
    const url = String((store().recorder.service.foundation.db.options as { url?: string }).url);
    const other = new pg.Client(url);
    await other.connect();
    try {
      // Waits for its turn behind us, and is cut off there.
      await other.query('begin; select pg_advisory_xact_lock(7310443)');
      const one = named(unique());
      const waiting = store().request('POST', 'statements', { body: one });
      const cut = async (): Promise<number> => {
        const { rowCount } = await other.query(
          `select pg_terminate_backend(pid) from pg_locks
           where locktype = 'advisory' and objid = 7310443 and not granted`,
        );
        return rowCount ?? 0;
      };
      while ((await cut()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const refused = await waiting;
      expect([refused.status, refused.json['code']]).toEqual([503, 'unavailable']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      await other.query('rollback');
      expect((await store().get(one.id)).status).toBe(404);
      expect(await store().post(one)).toEqual([one.id]);
    } finally {
      await other.end();
    }
  });
});
