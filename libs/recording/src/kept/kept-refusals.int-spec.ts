import { createHash } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { UnavailableError } from '#kernel';
import { RefusedItems as RefusedItemsBody } from '#contracts';
import { createService, loadConfig } from '#platform';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { RefusedItems } from '../deliveries/refused-items.js';
import { Eraser } from '../testing/eraser.js';
import { StripPreviews1764400060000 } from '../imports/migrations.js';
import { fresh, good, table, usingImporter } from '../testing/importer.js';
import { basic } from '../testing/running-recorder.js';
import { client, event, SOURCE, statement } from '../testing/samples.js';

/** What an erasure does to rows and items that were refused and are kept; on real PostgreSQL. */
const { recorder, desk, query } = usingImporter((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const eraser = new Eraser(recorder);
const identityOf = (name: string) => ({ account: { homePage: client.homePage, name } });
const hashOf = (mail: string) => ({
  mailHash: createHash('sha1').update(`mailto:${mail}`).digest('hex'),
});

/** Rows that are all refused: their score is none. */
const refusedRows = async (rows: readonly string[]): Promise<string> => {
  const lines = rows.map((row) => `${row},Nursing,passed,2026-05-04,no score`);
  const content = ['Student,Email,Course,Status,Date,Score', ...lines, ''].join('\r\n');
  const id = await desk().upload({ name: 'a.csv', content });
  await desk().map(id, {
    columns: [
      { name: 'Student', field: 'learner' },
      { name: 'Email', field: 'email' },
      { name: 'Course', field: 'title' },
      { name: 'Status', field: 'verb' },
      { name: 'Date', field: 'date' },
      { name: 'Score', field: 'score' },
    ],
  });
  expect((await desk().confirm(id)).counts.refused).toBe(rows.length);
  // What was kept just before an erasure goes with it, whoever it names.
  await query(
    `update recording.import_refusals set kept_at = kept_at - interval '1 minute'
     where import = $1`,
    [id],
  );
  return id;
};
const aliases = async (): Promise<number> =>
  (await query<{ count: number }>('select count(*)::int as count from vault.alias'))[0]?.count ??
  -1;
const rowsLeft = async (id: string): Promise<readonly number[]> => [
  ...new Set((await desk().errors(id)).map(({ row }) => row)),
];

describe('refused rows that are kept', () => {
  it('go with the learner, and those of others stay', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const id = await refusedRows([`${ada},`, `${ben},`, `${ada},`]);
    const person = await eraser.claim([identityOf(ada)]);
    expect(await rowsLeft(id)).toEqual([2, 3, 4]);
    await eraser.erase(person);
    expect(await rowsLeft(id)).toEqual([3]);
    const { text } = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
    expect([text.includes(ada), text.includes(ben)]).toEqual([false, true]);
    expect((await desk().job(id)).counts.refused).toBe(3);
  });

  it('go before the log has told anybody else: nothing opens them', async () => {
    const ada = fresh();
    const id = await refusedRows([`${ada},`, `${fresh()},`]);
    const person = await eraser.claim([identityOf(ada)]);
    await recorder().service.foundation.vault.destroy(person.person);
    expect(await rowsLeft(id)).toEqual([3]);
  });

  const named = `${fresh()}-é`;
  it.each([
    ['with space around it', (name: string) => `"  ${name} ",`],
    ['with its letters decomposed', (name: string) => `${name.normalize('NFD')},`],
    ['with a mail address beside it', (name: string) => `${name},${fresh()}@uni.example`],
  ])('go where the account is written %s', async (what, written) => {
    const ada = `${named}-${what.length}`;
    const id = await refusedRows([written(ada), `${fresh()},`]);
    await eraser.erase(await eraser.claim([identityOf(ada.normalize('NFC'))]));
    expect(await rowsLeft(id)).toEqual([3]);
  });

  it.each([
    ['in its column', (mail: string) => `,${mail}`],
    ['in capitals', (mail: string) => `,${mail.toUpperCase()}`],
    ['beside a number', (mail: string) => `${fresh()},${mail}`],
  ])('go where the mail address that was claimed stands %s', async (_, written) => {
    const mail = `${fresh()}@uni.example`;
    const id = await refusedRows([written(mail), `${fresh()},${fresh()}@uni.example`]);
    await eraser.erase(await eraser.claim([hashOf(mail)]));
    expect(await rowsLeft(id)).toEqual([3]);
  });

  it('go where the mail address that was claimed stands in the column of numbers', async () => {
    const mail = `${fresh()}@uni.example`;
    const person = await eraser.claim([hashOf(mail)]);
    const id = await refusedRows([`${mail},`, `${fresh()},`]);
    await eraser.erase(person);
    expect(await rowsLeft(id)).toEqual([3]);
  });

  it('make no more than one alias each, however they may be written', async () => {
    const before = await aliases();
    const name = `${fresh()}-e\u0301@uni.example`;
    await refusedRows([`"  ${name} ",`, `${name.toUpperCase()},`]);
    expect(await aliases()).toBe(before + 2);
  });

  it.each([
    ['that name nobody', ','],
    ['whose learner is a formula', '=A1,'],
    ['whose address is none', `${fresh()},not an address`],
    ['that go over lines', `${fresh()},"a@b.example\r\nEve"`],
  ])('go %s with any learner of the provider', async (_, row) => {
    const ben = fresh();
    const id = await refusedRows([row, `${ben},`]);
    const elsewhere = await eraser.claim([identityOf(fresh())], 'empty');
    await eraser.erase(elsewhere);
    expect(await rowsLeft(id)).toEqual([2, 3]);
    await eraser.erase(await eraser.claim([identityOf(fresh())]));
    expect(await rowsLeft(id)).toEqual([3]);
    const { text } = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
    expect(text.split('\r\n').filter((line) => line !== '')).toHaveLength(2);
  });

  it('go where they were kept while the erasure was on its way', async () => {
    const ada = fresh();
    const person = await eraser.claim([identityOf(ada)]);
    let id = '';
    // The keys are gone, and the row would lead to a new alias; the log is read a moment later.
    const { vault } = recorder().service.foundation;
    await vault.destroy(person.person);
    id = await desk().upload({
      name: 'a.csv',
      content: `Student,Course,Status,Date,Score\r\n${ada},Nursing,passed,2026-05-04,no score\r\n`,
    });
    await desk().confirm(id);
    expect(await rowsLeft(id)).toEqual([2]);
    await eraser.erase(person);
    expect(await rowsLeft(id)).toEqual([]);
  });

  it('keep nothing of what the preview showed of them once it ended', async () => {
    const ada = fresh();
    const id = await refusedRows([`${ada},`]);
    expect((await desk().show(id)).columns.map(({ samples }) => samples).flat()).toEqual([]);
  });

  it('keep nothing of what the preview showed of those that ended before that went with them', async () => {
    const name = fresh();
    const [done, told, waits] = [
      await desk().upload({ name: 'a.csv', content: table(good(1, name)) }),
      await refusedRows([`${name},`]),
      await desk().upload({ name: 'a.csv', content: table(good(1, name)) }),
    ];
    await desk().confirm(done);
    await desk().show(waits);
    await query(
      `update recording.import_file set look = (select look from recording.import_file where import = $1)
       where import = $2`,
      [told, done],
    );
    const runner = recorder().service.foundation.db.createQueryRunner();
    await new StripPreviews1764400060000().up(runner);
    await runner.release();
    const rows = await query<{ import: string }>(
      'select import from recording.import_file where import = any($1) and look is not null',
      [[done, told, waits]],
    );
    expect(rows.map((row) => row.import).toSorted()).toEqual([told, waits].toSorted());
    expect(await rowsLeft(told)).toEqual([2]);
    expect((await desk().show(done)).columns).toEqual([]);
  });
});

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
    const person = await eraser.claim([identityOf(ada)]);
    const [alias = ''] = person.aliases.slice(1);
    const id = await send(
      refused(identityOf(ada)),
      refused(identityOf(ben)),
      refused({ alias }),
      refused(identityOf(` ${ada} `)),
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
    const id = await send(refused(learner), refused(identityOf(fresh())));
    await eraser.erase(await eraser.claim([identityOf(fresh())], 'empty'));
    expect(await left(id)).toEqual([0, 1]);
    await eraser.erase(await eraser.claim([identityOf(fresh())]));
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
    const learner = identityOf(fresh());
    const id = await send(
      event({ id: fresh(), specversion: '0.3', ...part }, { learner, ...data }),
      event({ id: fresh(), specversion: '0.3' }, { learner, verb: 'pased', result: undefined }),
    );
    expect(await left(id)).toEqual([0, 1]);
    await eraser.erase(await eraser.claim([identityOf(fresh())]));
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
    await eraser.erase(await eraser.claim([identityOf(fresh())]));
    const rows = await foundation.db.query<object[]>(
      'select n from recording.refused_item where delivery = $1',
      [id],
    );
    expect(rows).toEqual([]);
  });

  it('go where they were kept while the erasure was on its way', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const person = await eraser.claim([identityOf(ada)]);
    const earlier = await send(refused(identityOf(ben)));
    // As above: the account leads to a new alias already.
    await recorder().service.foundation.vault.destroy(person.person);
    const headers = { authorization: desk().authorization };
    const answer = await recorder().send('POST', '/v1/events', [refused(identityOf(ada))], headers);
    const id = String(answer.headers['ledger-delivery']);
    expect(await left(id)).toEqual([0]);
    await eraser.erase(person);
    expect(await left(id)).toEqual([]);
    expect(await left(earlier)).toEqual([0]);
  });

  it('are counted while the vault is away, without those that nobody can open any more', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const person = await eraser.claim([identityOf(ada)]);
    const id = await send(refused(identityOf(ada)), refused(identityOf(ben)));
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
    const person = await eraser.claim([identityOf(ada)]);
    const { app } = recorder().service;
    const id = await send(refused(identityOf(ada)));
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
        refused: [{ n: 0, sent: { is: 'event', event: event({}, { learner: identityOf(name) }) } }],
      }).id;
    const person = await eraser.claim([identityOf(ada)]);
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
    const one = refused(identityOf(` ${fresh()}@uni.example`));
    const answer = await recorder().send('POST', '/v1/events', [one], headers);
    const id = String(answer.headers['ledger-delivery']);
    expect(await left(id)).toEqual([0]);
    expect(await aliases()).toBe(before);
    await eraser.erase(await eraser.claim([identityOf(fresh())]));
    expect(await left(id)).toEqual([]);
  });

  it('make one alias where they may be written otherwise', async () => {
    const before = await aliases();
    await send(refused(identityOf(` ${fresh()}-e\u0301@uni.example`)));
    expect(await aliases()).toBe(before + 1);
  });

  it('leave nothing personal in the log', async () => {
    const ada = fresh();
    const person = await eraser.claim([identityOf(ada)]);
    const before = await recorder().size();
    await send(refused(identityOf(ada), { source: SOURCE }));
    await eraser.erase(person);
    const entries = await recorder().service.foundation.log.read({ after: before - 1, limit: 10 });
    expect(entries.map(({ kind }) => kind)).toEqual(['learner-erased']);
    expect(JSON.stringify(entries)).not.toContain(ada);
    expect(entries[0]?.data).toEqual({ person: person.person, aliases: person.aliases });
  });
});
