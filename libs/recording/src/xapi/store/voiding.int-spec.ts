import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { client, statement, unique } from '../../testing/samples.js';
import { usingXapiStore } from '../../testing/xapi-store.js';
import { PrepareStatements } from './prepare-statements.js';
import { StatementWriter } from './statement-writer.js';

const store = usingXapiStore(
  (definition, settings) => createService(definition, loadConfig(settings)),
  'mooc',
);

const reference = (id: string) => ({ object: { objectType: 'StatementRef', id } });
const VOIDED = { verb: { id: 'http://adlnet.gov/expapi/verbs/voided' } };
const EXPERIENCED = { verb: { id: 'http://adlnet.gov/expapi/verbs/experienced' } };
const voidOf = (target: string, id: string = randomUUID()) => ({
  ...statement({ ...VOIDED, ...reference(target) }),
  id,
});
const named = (id: string = randomUUID(), part: object = {}) => ({ ...statement(part), id });

const size = () => store().recorder.size();
/** What the ledger has been told since. */
const told = async (since: number) => {
  const entries = [];
  for (let seq = since; seq < (await size()); seq += 1)
    entries.push((await store().recorder.entryAt(seq)).entry);
  return entries.map(({ kind, data }) => {
    const { eventId, target } = data as { eventId: string; target?: { id: string } };
    return target ? { kind, target: target.id } : { kind, eventId };
  });
};
const statusOf = async (id: string) => [
  (await store().get(id)).status,
  (await store().get(id, 'voidedStatementId')).status,
];
const CURRENT = [200, 404];
const GONE = [404, 200];

describe('a voided statement', () => {
  it('is found as voided only, and its event in the ledger is void', async () => {
    const target = named();
    await store().post(target);
    const before = await size();
    const [id = ''] = await store().post(voidOf(target.id));
    expect(await statusOf(target.id)).toEqual(GONE);
    expect(await statusOf(id)).toEqual(CURRENT);
    expect(await store().ids()).not.toContain(target.id);
    expect(await store().ids()).toContain(id);
    expect(await told(before)).toEqual([{ kind: 'learning-event-voided', target: target.id }]);
  });

  it('may come after its void', async () => {
    const target = named();
    const before = await size();
    await store().post(voidOf(target.id));
    expect(await statusOf(target.id)).toEqual([404, 404]);
    await store().post(target);
    expect(await statusOf(target.id)).toEqual(GONE);
    expect(await told(before)).toEqual([
      { kind: 'learning-event-voided', target: target.id },
      { kind: 'learning-event', eventId: target.id },
    ]);
  });

  it.each([
    ['after', (target: object, voiding: object) => [target, voiding]],
    ['before', (target: object, voiding: object) => [voiding, target]],
  ])('may come in one batch %s its void', async (_, inOrder) => {
    const target = named();
    const before = await size();
    await store().post(inOrder(target, voidOf(target.id)));
    expect(await statusOf(target.id)).toEqual(GONE);
    expect(await told(before)).toContainEqual({
      kind: 'learning-event-voided',
      target: target.id,
    });
    expect(await told(before)).toHaveLength(2);
  });

  it('may be sent again, and so may its void', async () => {
    const target = named();
    const voiding = voidOf(target.id);
    await store().post([target, voiding]);
    const before = [await size(), await store().stored()];
    expect(await store().post(voiding)).toEqual([voiding.id]);
    expect(await store().post(target)).toEqual([target.id]);
    expect(await statusOf(target.id)).toEqual(GONE);
    expect([await size(), await store().stored()]).toEqual(before);
  });

  it('may be voided twice', async () => {
    const target = named();
    await store().post([target, voidOf(target.id)]);
    await store().post(voidOf(target.id));
    expect(await statusOf(target.id)).toEqual(GONE);
  });

  it('of telemetry is no matter of the ledger', async () => {
    const target = named(randomUUID(), EXPERIENCED);
    const inOneBatch = named(randomUUID(), EXPERIENCED);
    const before = await size();
    await store().post(target);
    await store().post([voidOf(target.id), inOneBatch, voidOf(inOneBatch.id)]);
    expect(await statusOf(target.id)).toEqual(GONE);
    expect(await statusOf(inOneBatch.id)).toEqual(GONE);
    expect(await told(before)).toEqual([]);
  });

  it('is nobody else’s', async () => {
    const target = named();
    await store().post(target);
    await store().as('mooc').post(voidOf(target.id));
    expect(await statusOf(target.id)).toEqual(CURRENT);
    await store().as('mooc').post(target);
    expect((await store().as('mooc').get(target.id)).status).toBe(404);
  });

  it('is still found by what points at it', async () => {
    const target = named(randomUUID(), unique());
    const comment = named(randomUUID(), { ...EXPERIENCED, ...reference(target.id) });
    await store().post([target, comment, voidOf(target.id)]);
    const found = await store().ids({
      activity: target.object.id,
      verb: EXPERIENCED.verb.id,
    });
    expect(found).toEqual([comment.id]);
  });
});

describe('a void', () => {
  it.each([
    ['stored', async () => [voidOf((await store().post(voidOf(randomUUID())))[0] ?? '')]],
    [
      'of the same batch',
      () => {
        const first = voidOf(randomUUID());
        return Promise.resolve([first, voidOf(first.id)]);
      },
    ],
    [
      'that is itself',
      () => {
        const id = randomUUID();
        return Promise.resolve([voidOf(id, id)]);
      },
    ],
  ])('is of no void %s, and nothing is stored', async (_, batch) => {
    const statements = [named(), ...(await batch())];
    const before = [await size(), await store().stored()];
    const { status, json } = await store().request('POST', 'statements', { body: statements });
    expect([status, json['code']]).toEqual([422, 'void-of-void']);
    expect([await size(), await store().stored()]).toEqual(before);
  });

  it('of what turns out to be a void has no effect, and may be sent again', async () => {
    const target = named();
    await store().post(target);
    const late = voidOf(target.id);
    const early = voidOf(late.id);
    await store().post(early);
    await store().post(late);
    expect(await statusOf(late.id)).toEqual(CURRENT);
    expect(await statusOf(target.id)).toEqual(GONE);
    expect(await store().post(early)).toEqual([early.id]);
  });

  it('is a statement reference, whatever else the verb says', async () => {
    const { status } = await store().request('POST', 'statements', { body: statement(VOIDED) });
    expect(status).toBe(400);
  });
});

describe('statements without an id that are one event to the ledger', () => {
  const twice = async () => {
    const same = statement(unique());
    const [first = '', second = ''] = await store().post([same, same]);
    expect(first).not.toBe(second);
    return { same, first, second };
  };
  const eventOf = async (before: number) => (await told(before))[0]?.eventId ?? '';

  it('are one entry in the ledger, in one batch or in two', async () => {
    const before = await size();
    const { same } = await twice();
    await store().post(same);
    expect(await told(before)).toEqual([
      { kind: 'learning-event', eventId: expect.stringMatching(/^[0-9a-f-]{36}$/u) },
    ]);
  });

  it('keep it when one of them is voided, and lose it with the last', async () => {
    const before = await size();
    const { first, second } = await twice();
    const event = await eventOf(before);
    const voided = await size();
    await store().post(voidOf(first));
    expect(await statusOf(first)).toEqual(GONE);
    expect(await statusOf(second)).toEqual(CURRENT);
    expect(await told(voided)).toEqual([]);
    await store().post(voidOf(second));
    expect(await told(voided)).toEqual([{ kind: 'learning-event-voided', target: event }]);
  });

  it('lose it when all are voided in one batch', async () => {
    const before = await size();
    const { first, second } = await twice();
    const event = await eventOf(before);
    const voided = await size();
    await store().post([voidOf(first), voidOf(second)]);
    expect(await told(voided)).toEqual([{ kind: 'learning-event-voided', target: event }]);
  });

  it('lose it when all are voided at once', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      const before = await size();
      const { first, second } = await twice();
      const event = await eventOf(before);
      const voided = await size();
      // While others are stored, the voids wait and would be stored together.
      const others = [1, 2, 3].map(() => named(randomUUID(), EXPERIENCED));
      await Promise.all([...others, voidOf(first), voidOf(second)].map((one) => store().post(one)));
      expect(await told(voided)).toEqual([{ kind: 'learning-event-voided', target: event }]);
    }
  });

  it('share it with one whose id is the event’s', async () => {
    const before = await size();
    const { same, first, second } = await twice();
    const event = await eventOf(before);
    await store().post({ ...same, id: event });
    const voided = await size();
    await store().post([voidOf(first), voidOf(second)]);
    expect(await told(voided)).toEqual([]);
    await store().post(voidOf(event));
    expect(await told(voided)).toEqual([{ kind: 'learning-event-voided', target: event }]);
  });

  it('are events of their own where they say no time', async () => {
    const before = await size();
    const same = statement({ ...unique(), timestamp: undefined });
    const [first = '', second = ''] = await store().post([same, same]);
    expect(await told(before)).toEqual(
      [first, second].map((eventId) => ({ kind: 'learning-event', eventId })),
    );
    const voided = await size();
    await store().post(voidOf(first));
    expect(await told(voided)).toEqual([{ kind: 'learning-event-voided', target: first }]);
    expect(await statusOf(second)).toEqual(CURRENT);
  });
});

describe('a statement that was no event when it was stored', () => {
  it('becomes none by being sent again, as it may be voided by then', async () => {
    const target = named(randomUUID(), unique());
    // As one that lay in the future then.
    const { app } = store().recorder.service;
    const stored = { id: target.id, statement: target as never, attachments: [] };
    const statements = await app.get(PrepareStatements).prepare(client.id, [stored]);
    await app.get(StatementWriter).write({ client, statements });
    const before = await size();
    await store().post(voidOf(target.id));
    expect(await statusOf(target.id)).toEqual(GONE);
    expect(await store().post(target)).toEqual([target.id]);
    expect(await told(before)).toEqual([]);
  });
});
