import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { client, event, named, statement, times, unique } from '../../testing/samples.js';
import { usingXapiStore } from '../../testing/xapi-store.js';

const CLIENTS = 16;
const tenants = Array.from({ length: CLIENTS }, (_, n) => `tenant-${n}`);
const store = usingXapiStore(
  (definition, settings) => createService(definition, loadConfig(settings)),
  ...tenants,
);

describe('a batch', () => {
  it('is read at once by its ids, and stored in its order', async () => {
    const batch = times(20, () => named(unique()));
    const registration = randomUUID();
    const said = batch.map((one) => ({ ...one, context: { registration } }));
    expect(await store().post(said)).toEqual(batch.map(({ id }) => id));
    for (const { id } of batch) expect((await store().get(id)).status).toBe(200);
    expect(await store().ids({ registration, ascending: 'true' })).toEqual(
      batch.map(({ id }) => id),
    );
  });

  it.each([0, 5, 9])(
    'of which one id is taken is not stored, wherever it stands (%i)',
    async (at) => {
      const taken = named(unique());
      await store().post(taken);
      const batch: object[] = times(9, () => named(unique()));
      batch.splice(at, 0, { ...taken, result: { success: false } });
      const refused = async () => {
        const answer = await store().request('POST', 'statements', { body: batch });
        expect([answer.status, answer.json['code']]).toEqual([409, 'event-conflict']);
      };
      expect(await store().added(refused)).toEqual({ entries: 0, stored: 0 });
      const without = batch.filter((_, n) => n !== at);
      expect(await store().added(() => store().post([...without, taken]))).toEqual({
        entries: 9,
        stored: 9,
      });
    },
  );

  it('that the ledger refuses leaves nothing in the store', async () => {
    // The ledger knows this id from /v1/events, as something else.
    const id = randomUUID();
    const { recorder } = store();
    const actor = { id: client.id, role: 'provider', organisation: client.id } as const;
    const authorization = await recorder.tokenFor(actor);
    await recorder.send('POST', '/v1/events', event({ id }), { authorization });
    const refused = async () => {
      const body = [named(unique()), { ...statement({ result: { success: false } }), id }];
      const answer = await store().request('POST', 'statements', { body });
      expect(answer.status).toBe(409);
    };
    expect(await store().added(refused)).toEqual({ entries: 0, stored: 0 });
  });

  it('may have ids in either case, and has each once', async () => {
    const one = named(unique());
    const answer = await store().request('POST', 'statements', {
      body: [one, { ...one, id: one.id.toUpperCase() }],
    });
    expect(answer.json['errors']).toMatchObject([{ pointer: '#/1/id' }]);
    await store().post({ ...one, id: one.id.toUpperCase() });
    expect((await store().get(one.id)).json['id']).toBe(one.id);
  });
});

describe('many at once', () => {
  it('speak for the first time of one course and one person: nothing is lost', async () => {
    const { object } = unique();
    const mbox = `mailto:${randomUUID()}@uni.example`;
    const batches = times(CLIENTS, () => times(25, () => named({ actor: { mbox }, object })));
    const work = () => Promise.all(batches.map((batch) => store().post(batch)));
    expect(await store().added(work)).toEqual({ entries: 25 * CLIENTS, stored: 25 * CLIENTS });
    const found = await store().ids({ activity: object.id, agent: JSON.stringify({ mbox }) });
    expect(found.toSorted()).toEqual(
      batches
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    );
    for (const batch of batches) {
      const order = batch.map(({ id }) => found.indexOf(id));
      expect(order).toEqual(order.toSorted((a, b) => b - a));
    }
  }, 30_000);

  it('are many clients, and each has its own', async () => {
    const said = times(10, () => named(unique()));
    const post = (tenant: string) => store().as(tenant).post(said);
    const work = () => Promise.all(tenants.map(post));
    expect(await store().added(work)).toEqual({ entries: 10 * CLIENTS, stored: 10 * CLIENTS });
    for (const tenant of tenants)
      expect((await store().as(tenant).ids()).toSorted()).toEqual(
        said.map(({ id }) => id).toSorted(),
      );
  }, 30_000);

  it('say the same under one id: it is stored once, and all are answered alike', async () => {
    const one = named(unique());
    const answers: unknown[] = [];
    const work = async () => {
      answers.push(...(await Promise.all(times(CLIENTS, () => store().post(one)))));
    };
    expect(await store().added(work)).toEqual({ entries: 1, stored: 1 });
    expect(answers).toEqual(times(CLIENTS, () => [one.id]));
  });

  it('say different things under one id: one of them holds, the others are told', async () => {
    const id = randomUUID();
    const bodies = times(CLIENTS, (n) => ({ ...statement({ result: { score: { raw: n } } }), id }));
    const answers = await Promise.all(
      bodies.map((body) => store().request('POST', 'statements', { body })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, ...times(CLIENTS - 1, () => 409)]);
    const { json } = await store().get(id);
    expect(json['result'].score.raw).toBe(statuses.indexOf(200));
  });

  it('send batches that overlap: each statement is stored once', async () => {
    const all = times(40, () => named(unique()));
    const batches = times(CLIENTS, (n) => all.slice(2 * n, 2 * n + 10));
    const work = () => Promise.all(batches.map((batch) => store().post(batch)));
    expect(await store().added(work)).toEqual({ entries: 40, stored: 40 });
    expect(await store().ids()).toEqual(expect.arrayContaining(all.map(({ id }) => id)));
  });

  it('send batches that contradict each other: none is stored by half', async () => {
    const ids = times(8, () => randomUUID());
    const batches = times(CLIENTS, (n) =>
      ids.map((id, k) => ({
        ...statement({ result: { score: { raw: n } } }),
        id,
        ...(k > 4 ? unique() : {}),
      })),
    );
    const answers = await Promise.all(
      batches.map((body) => store().request('POST', 'statements', { body })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const scores = await Promise.all(ids.map(async (id) => (await store().get(id)).json['result']));
    expect(new Set(scores.map(({ score }) => score.raw)).size).toBe(1);
  });

  it('point at one statement, before and after it comes, and all are found with it', async () => {
    const registration = randomUUID();
    const target = named({ context: { registration } });
    const references = times(60, () =>
      named({ object: { objectType: 'StatementRef', id: target.id } }),
    );
    await Promise.all(references.slice(0, 30).map((one) => store().post(one)));
    await Promise.all([target, ...references.slice(30)].map((one) => store().post(one)));
    const found = await store().ids({ registration });
    expect(found.toSorted()).toEqual([target, ...references].map(({ id }) => id).toSorted());
    // What they inherit does not grow with those that come later.
    const { db } = store().recorder.service.foundation;
    const [row] = await db.query<{ most: number }[]>(
      `select max(cardinality(tokens)) as most from recording.statement where target = $1`,
      [target.id],
    );
    expect(row?.most).toBeLessThan(10);
  });
});
