import { describe, expect, it, jest } from '@jest/globals';
import { UnavailableError } from '#kernel';
import { RefusedItems as RefusedItemsBody } from '#contracts';
import { createService, loadConfig } from '#platform';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { RefusedItems } from '../deliveries/refused-items.js';
import { fresh } from '../testing/importer.js';
import { accountOf, usingKept } from '../testing/kept.js';
import { basic } from '../testing/running-recorder.js';
import { client, event, SOURCE, statement } from '../testing/samples.js';

/** What an erasure does to items that were refused and are kept; on real PostgreSQL. */
const { recorder, desk, query, eraser, aliases } = usingKept((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('refused items that are kept', () => {
  /** What was heard of just now keeps what is refused now from being kept. */
  const later = () => query(`update recording.erasure set at = at - interval '1 minute'`);
  const send = async (...events: readonly object[]): Promise<string> => {
    await later();
    const headers = { authorization: desk().authorization };
    const answer = await recorder().send('POST', '/v1/events', events, headers);
    await query(`update recording.refused_item set kept_at = kept_at - interval '1 minute'`);
    return String(answer.headers['ledger-delivery']);
  };
  const left = async (id: string): Promise<readonly number[]> => {
    const { text } = await desk().send('GET', `/v1/deliveries/${id}/refused`);
    return RefusedItemsBody.parse(JSON.parse(text)).data.map(({ index }) => index ?? 0);
  };
  const refused = (learner: unknown, part: object = {}) =>
    event({ id: fresh(), specversion: '0.3', ...part }, { learner });

  it('go with the learner, and those of others stay and can be sent again', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const person = await eraser.claim([accountOf(ada)]);
    const [alias = ''] = person.aliases.slice(1);
    const id = await send(
      refused(accountOf(ada)),
      refused(accountOf(ben)),
      refused({ alias }),
      refused(accountOf(` ${ada} `)),
    );
    expect(await left(id)).toEqual([0, 1, 2, 3]);
    await eraser.erase(person);
    expect(await left(id)).toEqual([1]);
    const { text } = await desk().send('GET', `/v1/deliveries/${id}`);
    expect(JSON.parse(text)).toMatchObject({ kept: 1 });
    const body = { type: 'application/json', payload: '{}' };
    await later();
    const again = await desk().send('POST', `/v1/deliveries/${id}/retry`, body);
    expect(JSON.parse(again.text)).toMatchObject({ counts: { refused: 1 }, kept: 1 });
  });

  it.each([
    ['in a form nobody knows', { account: { name: 'u-1' } }],
    ['twice', { account: { homePage: 'https://uni.example', name: 'u-1' }, mailHash: 'a' }],
    ['not at all', undefined],
  ])('go with any learner of the provider where one is named %s', async (_, learner) => {
    const id = await send(refused(learner), refused(accountOf(fresh())));
    await eraser.erase(await eraser.claim([accountOf(fresh())], 'empty'));
    expect(await left(id)).toEqual([0, 1]);
    await eraser.erase(await eraser.claim([accountOf(fresh())]));
    expect(await left(id)).toEqual([1]);
  });

  const tutor = { account: { homePage: client.homePage, name: 'tutor' } };
  it.each<[string, object, object]>([
    ['beside the learner', {}, { tutor }],
    ['as a text beside the learner', {}, { tutor: 'mailto:tutor@uni.example' }],
    ['beside what happened', { tutor }, {}],
    ['deep in it', {}, { result: { score: { raw: 1, by: tutor } } }],
    ['in place of a text', {}, { verb: tutor }],
    ['in place of a number', {}, { result: { score: { raw: tutor } } }],
    ['in place of an object', {}, { result: [tutor] }],
    ['in the place of a choice', { specversion: tutor }, {}],
    ['in the name of a member', {}, { activity: { name: { 'tutor@uni.example': 'x' } } }],
    ['among very much', {}, { levels: Array.from({ length: 10_001 }, () => 1) }],
  ])('go with any learner of the provider where others are named %s', async (_, part, data) => {
    const learner = accountOf(fresh());
    const id = await send(
      event({ id: fresh(), specversion: '0.3', ...part }, { learner, ...data }),
      event({ id: fresh(), specversion: '0.3' }, { learner, verb: 'pased', result: undefined }),
    );
    expect(await left(id)).toEqual([0, 1]);
    await eraser.erase(await eraser.claim([accountOf(fresh())]));
    expect(await left(id)).toEqual([1]);
  });

  it('go as whole requests with any learner of the provider', async () => {
    await later();
    const { foundation, app } = recorder().service;
    const answer = await recorder().send('POST', '/xapi/statements', [statement({ id: 'none' })], {
      authorization: basic(client.id),
      'x-experience-api-version': '1.0.3',
    });
    expect(answer.status).toBe(400);
    await app.get(DeliveryBook).flush();
    const id = String(answer.headers['ledger-delivery']);
    const kept = await app.get(RefusedItems).of(client.id, id, new Date());
    expect(kept).toHaveLength(1);
    await eraser.erase(await eraser.claim([accountOf(fresh())]));
    const rows = await foundation.db.query<object[]>(
      'select n from recording.refused_item where delivery = $1',
      [id],
    );
    expect(rows).toEqual([]);
  });

  it('go where they were kept while the erasure was on its way', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const person = await eraser.claim([accountOf(ada)]);
    const earlier = await send(refused(accountOf(ben)));
    // The keys are gone, and the account leads to a new alias; the log is read a moment later.
    await recorder().service.foundation.vault.destroy(person.person);
    const headers = { authorization: desk().authorization };
    const answer = await recorder().send('POST', '/v1/events', [refused(accountOf(ada))], headers);
    const id = String(answer.headers['ledger-delivery']);
    expect(await left(id)).toEqual([0]);
    await eraser.erase(person);
    expect(await left(id)).toEqual([]);
    expect(await left(earlier)).toEqual([0]);
  });

  it('are counted while the vault is away, without those that nobody can open any more', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const person = await eraser.claim([accountOf(ada)]);
    const id = await send(refused(accountOf(ada)), refused(accountOf(ben)));
    await eraser.erase(person);
    const { vault } = recorder().service.foundation;
    const opening = jest.spyOn(vault, 'open').mockRejectedValue(new UnavailableError('the vault'));
    const { status, text } = await desk().send('GET', `/v1/deliveries/${id}`);
    expect([status, JSON.parse(text)]).toMatchObject([200, { kept: 1 }]);
    expect((await desk().send('GET', `/v1/deliveries/${id}/refused`)).status).toBe(503);
    opening.mockRestore();
  });

  it('are not kept anew where they were read before the erasure', async () => {
    const ada = fresh();
    const person = await eraser.claim([accountOf(ada)]);
    const { app } = recorder().service;
    const id = await send(refused(accountOf(ada)));
    const readAt = new Date();
    const [item] = await app.get(RefusedItems).of(client.id, id, readAt);
    await eraser.erase(person);
    const anew = await app.get(DeliveryBook).retried({
      sender: { client: client.id, channel: 'events', area: 'live' },
      counts: { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 1, waiting: 0 },
      refusals: [],
      refused: item ? [item] : [],
      settled: [0],
      retryOf: id,
      readAt,
    });
    expect(item).toBeDefined();
    expect(await left(anew)).toEqual([]);
  });

  it('are not written down where the erasure was heard of before', async () => {
    const { app, foundation } = recorder().service;
    const [ada, ben] = [fresh(), fresh()];
    const items = app.get(RefusedItems);
    let ahead = 0;
    const clock = { now: () => new Date(Date.now() + ahead) };
    const book = new DeliveryBook(foundation.db, clock, items);
    const note = (name: string) =>
      book.add({
        sender: { client: client.id, channel: 'events', area: 'live' },
        counts: { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 1, waiting: 0 },
        refusals: [],
        refused: [{ n: 0, sent: { is: 'event', event: event({}, { learner: accountOf(name) }) } }],
      }).id;
    const person = await eraser.claim([accountOf(ada)]);
    const early = note(ada);
    await eraser.erase(person);
    // Before it by a clock that is fast; it may have been behind.
    ahead = 5_000;
    const between = note(fresh());
    ahead = 15_000;
    const late = note(ben);
    await book.flush();
    const now = new Date();
    expect(await items.of(client.id, early, now)).toEqual([]);
    expect(await items.of(client.id, between, now)).toEqual([]);
    expect(await items.of(client.id, late, now)).toHaveLength(1);
  });

  it('make no alias in the test area, and go with any learner of the provider', async () => {
    await later();
    const before = await aliases();
    const headers = { authorization: desk().authorization, 'x-ledger-test': 'true' };
    const one = refused(accountOf(` ${fresh()}@uni.example`));
    const answer = await recorder().send('POST', '/v1/events', [one], headers);
    const id = String(answer.headers['ledger-delivery']);
    expect(await left(id)).toEqual([0]);
    expect(await aliases()).toBe(before);
    await eraser.erase(await eraser.claim([accountOf(fresh())]));
    expect(await left(id)).toEqual([]);
  });

  it('make one alias where they may be written otherwise', async () => {
    const before = await aliases();
    await send(refused(accountOf(` ${fresh()}-e\u0301@uni.example`)));
    expect(await aliases()).toBe(before + 1);
  });

  it('leave nothing personal in the log', async () => {
    const ada = fresh();
    const person = await eraser.claim([accountOf(ada)]);
    const before = await recorder().size();
    await send(refused(accountOf(ada), { source: SOURCE }));
    await eraser.erase(person);
    const entries = await recorder().service.foundation.log.read({ after: before - 1, limit: 10 });
    expect(entries.map(({ kind }) => kind)).toEqual(['learner-erased']);
    expect(JSON.stringify(entries)).not.toContain(ada);
    expect(entries[0]?.data).toEqual({ person: person.person, aliases: person.aliases });
  });
});
