import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Deliveries,
  DeliveryDays,
  DeliveryDetails,
  type Problem,
  RefusedItems,
  Results,
} from '#contracts';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { EventsIntake } from '../events.intake.js';
import { type Answer, RunningRecorder, XAPI_SECRET } from '../testing/running-recorder.js';
import { client, event, SOURCE, statement } from '../testing/samples.js';
import { DeliveryBook } from './delivery-book.js';
import { TidyDeliveries } from './tidy-deliveries.js';

let database: Database;
let recorder: RunningRecorder;
let bearer: string;
let other: string;

const fresh = (): string => randomUUID();
const get = async (path: string, token = bearer): Promise<Answer> => {
  await recorder.service.app.get(DeliveryBook).flush();
  return recorder.send('GET', `/v1/deliveries${path}`, undefined, { authorization: token });
};
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  recorder.send('POST', path, body, { authorization: bearer, ...headers });
const basic = `Basic ${Buffer.from(`${client.id}:${XAPI_SECRET}`).toString('base64')}`;
const xapi = (body: unknown, headers: Record<string, string> = {}, endpoint = '/xapi') =>
  recorder.send('POST', `${endpoint}/statements`, body, {
    authorization: basic,
    'x-experience-api-version': '1.0.3',
    ...headers,
  });
/** What is told of the delivery that an answer names. */
const deliveryOf = async ({ headers }: Answer): Promise<DeliveryDetails> => {
  const answer = await get(`/${String(headers['ledger-delivery'])}`);
  return DeliveryDetails.parse(answer.json);
};
const refusedOf = async ({ id }: { id: string }) =>
  RefusedItems.parse((await get(`/${id}/refused`)).json).data;
const retry = async ({ id }: { id: string }): Promise<DeliveryDetails> => {
  const answer = await post(`/v1/deliveries/${id}/retry`, undefined);
  expect([answer.status, answer.json['code']]).toEqual([200, undefined]);
  return DeliveryDetails.parse(answer.json);
};
const register = async (part: object) => {
  await recorder.service.foundation.db.query(
    'update recording.client set definition = definition || $2 where id = $1',
    [client.id, JSON.stringify(part)],
  );
  const { Clients } = await import('../clients.js');
  recorder.service.app.get(Clients).forget(client.id);
};
const none = { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 0, waiting: 0 };

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig(settings)),
    database.url,
  );
  bearer = await recorder.tokenFor({ id: client.id, role: 'provider', organisation: client.id });
  other = await recorder.tokenFor({ id: 'empty', role: 'provider', organisation: 'empty' });
}, 60_000);

afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

describe('what became of events', () => {
  it('is counted, and each refusal told with its place and reason, without a value', async () => {
    const id = fresh();
    const answer = await post('/v1/events', [
      event({ id }),
      event({ id }),
      event({ id: fresh() }, { verb: 'dreamt of Amina' }),
      event({ id: fresh(), source: 'urn:llcl:other:lms' }),
    ]);
    const told = await deliveryOf(answer);
    expect(told).toMatchObject({
      channel: 'events',
      area: 'live',
      state: 'refused',
      requests: 1,
      counts: { ...none, recorded: 1, duplicate: 1, refused: 2 },
      kept: 2,
    });
    expect(told.refusals.map(({ index, code }) => [index, code])).toEqual([
      [2, 'invalid-input'],
      [3, 'source-not-yours'],
    ]);
    expect(told.refusals[1]?.errors[0]?.pointer).toBe('#/source');
    expect(JSON.stringify(told)).not.toContain('Amina');
    const [row] = await recorder.service.foundation.db.query<{ text: string }[]>(
      `select string_agg(encode(sealed, 'escape'), '') as text from recording.refused_item`,
    );
    expect(row?.text).not.toContain('Amina');
  });

  it('is told of a request that nobody could read', async () => {
    expect(await deliveryOf(await post('/v1/events', '{"half'))).toMatchObject({
      state: 'refused',
      counts: { ...none, refused: 1 },
      refusals: [{ code: 'malformed-json' }],
      kept: 0,
    });
  });

  it('is told of nobody who is not known, and of no reading', async () => {
    const answers = [
      await recorder.send('POST', '/v1/events', event(), { authorization: 'Bearer x' }),
      await recorder.send('GET', '/xapi/statements', undefined, { authorization: basic }),
    ];
    expect(answers.map(({ headers }) => headers['ledger-delivery'])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is told for Kafka, a batch at a time', async () => {
    const id = fresh();
    const message = (body: object) => ({
      key: null,
      headers: [['content-type', 'application/cloudevents+json']] as const,
      value: Buffer.from(JSON.stringify(body)),
    });
    const intake = recorder.service.app.get(EventsIntake);
    await intake.take(client.id, [
      message(event({ id })),
      message(event({ id: fresh(), source: 'urn:llcl:other:lms' })),
      { key: null, headers: [], value: Buffer.from('half') },
    ]);
    const [told] = Deliveries.parse((await get('?channel=kafka')).json).data;
    expect(told).toMatchObject({ counts: { ...none, recorded: 1, refused: 2 } });
    expect(await refusedOf({ id: told?.id ?? '' })).toMatchObject([
      { index: 1, code: 'source-not-yours', event: { source: 'urn:llcl:other:lms' } },
    ]);
  });

  it('is summed up where many requests come within a second', async () => {
    const answers = await Promise.all(
      Array.from({ length: 120 }, () => post('/v1/events', event({ id: fresh() }))),
    );
    const ids = new Set(answers.map(({ headers }) => String(headers['ledger-delivery'])));
    const told = await Promise.all([...ids].map(async (id) => (await get(`/${id}`)).json));
    const sums = told.map((one) => DeliveryDetails.parse(one));
    expect(sums.reduce((sum, { requests }) => sum + requests, 0)).toBe(120);
    expect(sums.reduce((sum, { counts }) => sum + counts.recorded, 0)).toBe(120);
    expect(ids.size).toBeLessThan(120);
  });
});

describe('what became of xAPI statements', () => {
  it('is counted: what is recorded, and what can earn nothing', async () => {
    const verb = { id: 'http://adlnet.gov/expapi/verbs/interacted' };
    const told = await deliveryOf(
      await xapi([statement({ id: fresh() }), statement({ id: fresh(), verb })]),
    );
    expect(told).toMatchObject({
      channel: 'xapi',
      state: 'recorded',
      counts: { ...none, recorded: 1, telemetry: 1 },
    });
  });

  it('tells why a batch was refused, and keeps it as it came', async () => {
    const body = [statement({ id: 'no uuid' }), statement()];
    const told = await deliveryOf(await xapi(body));
    expect(told).toMatchObject({ state: 'refused', counts: { ...none, refused: 1 }, kept: 1 });
    expect(told.refusals[0]?.errors[0]?.pointer).toBe('#/0/id');
    const [kept] = await refusedOf(told);
    expect(JSON.parse(kept?.body ?? '')).toEqual(body);
    expect(kept).toMatchObject({ code: 'invalid-input', mediaType: 'application/json' });
  });
});

describe('GET /v1/deliveries', () => {
  it('pages through all of them, newest first, each once', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await get(`?limit=7${cursor && `&cursor=${cursor}`}`);
      const page = Deliveries.parse(answer.json);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    const all = Deliveries.parse((await get('?limit=200')).json).data;
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect(all.map(({ receivedAt }) => receivedAt)).toEqual(
      all
        .map(({ receivedAt }) => receivedAt)
        .toSorted()
        .toReversed(),
    );
  });

  it.each([
    ['state=refused', ({ state }) => state === 'refused'],
    ['state=recorded&channel=xapi', ({ channel }) => channel === 'xapi'],
    ['area=live', ({ area }) => area === 'live'],
  ] satisfies [string, (one: Deliveries['data'][0]) => boolean][])(
    'narrows by %s',
    async (query, fits) => {
      const { data } = Deliveries.parse((await get(`?${query}`)).json);
      expect(data.length).toBeGreaterThan(0);
      expect(data.every(fits)).toBe(true);
    },
  );

  it('answers nothing since tomorrow', async () => {
    const since = new Date(Date.now() + 86_400_000).toISOString();
    expect(Deliveries.parse((await get(`?since=${since}`)).json).data).toEqual([]);
  });

  it.each(['state=lost', 'limit=0', 'limit=201', 'cursor=x', 'since=monday', 'area=x', 'who=me'])(
    'refuses %s',
    async (query) => {
      expect((await get(`?${query}`)).status).toBe(400);
    },
  );

  it('shows nobody what another client sent', async () => {
    const [mine] = Deliveries.parse((await get('?state=refused')).json).data;
    expect(Deliveries.parse((await get('', other)).json).data).toEqual([]);
    for (const path of [`/${mine?.id}`, `/${mine?.id}/refused`])
      expect((await get(path, other)).status).toBe(404);
    const stolen = await recorder.send(
      'POST',
      `/v1/deliveries/${mine?.id}/retry`,
      {},
      {
        authorization: other,
      },
    );
    expect(stolen.status).toBe(404);
    const learner = await recorder.tokenFor({ id: 'per_a', role: 'learner' });
    expect((await get('', learner)).status).toBe(403);
  });

  it('counts the days', async () => {
    const { data } = DeliveryDays.parse((await get('/days')).json);
    const events = data.find(({ channel, area }) => channel === 'events' && area === 'live');
    expect(events?.counts.recorded).toBeGreaterThan(120);
    expect(DeliveryDays.parse((await get('/days?since=2999-01-01')).json).data).toEqual([]);
    expect((await get('/days?since=2999')).status).toBe(400);
  });
});

describe('sending again what was refused', () => {
  it('records it once the cause is put right, and forgets what was kept', async () => {
    const own = 'urn:llcl:uni:late';
    const ids = [fresh(), fresh()];
    const told = await deliveryOf(
      await post(
        '/v1/events',
        ids.map((id) => event({ id, source: own })),
      ),
    );
    expect(await retry(told)).toMatchObject({ state: 'refused', retryOf: told.id, kept: 2 });
    const again = Deliveries.parse((await get('?limit=1')).json).data[0];
    await register({ sources: [...client.sources, own] });
    const done = await retry({ id: again?.id ?? '' });
    expect(done).toMatchObject({ state: 'recorded', counts: { ...none, recorded: 2 }, kept: 0 });
    for (const { id } of [told, done]) {
      const none409 = await post(`/v1/deliveries/${id}/retry`, {});
      expect(none409.json['code']).toBe('nothing-to-retry');
    }
  });

  it('works for a batch of xAPI, with its version and parameters', async () => {
    await register({ sources: [] });
    const answer = await xapi([statement({ id: fresh() })]);
    expect(answer.json['code']).toBe('source-not-yours');
    await register({ sources: client.sources });
    expect(await retry(await deliveryOf(answer))).toMatchObject({
      channel: 'xapi',
      state: 'recorded',
    });
  });

  it('takes corrections of some of it, in the form in which it was given out', async () => {
    const told = await deliveryOf(
      await post('/v1/events', [
        event({ id: fresh() }),
        event({ id: fresh(), hobby: 1 }),
        event({ id: fresh(), hobby: 2 }),
      ]),
    );
    const [, item] = await refusedOf(told);
    const { hobby: _, ...right } = (item?.event ?? {}) as Record<string, unknown>;
    const answer = await post(`/v1/deliveries/${told.id}/retry`, {
      data: [{ ...item, event: right }],
    });
    const done = DeliveryDetails.parse(answer.json);
    expect(done.counts).toEqual({ ...none, recorded: 1, refused: 1 });
    expect((await refusedOf(done)).map(({ event: kept }) => kept)).toMatchObject([{ hobby: 1 }]);
  });

  it('takes a corrected body of xAPI', async () => {
    const told = await deliveryOf(await xapi([statement({ id: 'no uuid' })]));
    const body = JSON.stringify([statement({ id: fresh() })]);
    const answer = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body }] });
    expect(DeliveryDetails.parse(answer.json)).toMatchObject({ state: 'recorded', kept: 0 });
  });

  it.each([
    ['that is no JSON', () => '[{"half', 'malformed-json'],
    ['that is too large', () => `[${'{},'.repeat(1_000)}{}]`, 'too-large'],
  ])('keeps what was sent when it gets a correction %s', async (_, typo, code) => {
    const told = await deliveryOf(await xapi([statement({ id: 'no uuid' })]));
    const [original] = await refusedOf(told);
    const answer = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body: typo() }] });
    expect(DeliveryDetails.parse(answer.json)).toMatchObject({ refusals: [{ code }], kept: 0 });
    expect((await refusedOf(told)).map(({ body }) => body)).toEqual([original?.body]);
    const body = JSON.stringify([statement({ id: fresh() })]);
    const done = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body }] });
    expect(DeliveryDetails.parse(done.json).state).toBe('recorded');
    expect(await refusedOf(told)).toEqual([]);
  });

  it('keeps an event whose correction is too large, and forgets what was taken', async () => {
    const told = await deliveryOf(
      await post(
        '/v1/events',
        [1, 2].map((hobby) => event({ id: fresh(), hobby })),
      ),
    );
    const name = { und: 'x'.repeat(40_000) };
    const large = event({ id: fresh() }, { activity: { id: 'https://uni.example/a', name } });
    const answer = await post(`/v1/deliveries/${told.id}/retry`, {
      data: [
        { index: 0, event: large },
        { index: 1, event: event({ id: fresh() }) },
      ],
    });
    const done = DeliveryDetails.parse(answer.json);
    expect(done).toMatchObject({ counts: { ...none, recorded: 1, refused: 1 }, kept: 0 });
    expect(done.refusals[0]?.code).toBe('too-large');
    expect(await refusedOf(told)).toMatchObject([{ index: 0, event: { hobby: 1 } }]);
  });

  it('keeps it when the new delivery cannot be written down', async () => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    const { db } = recorder.service.foundation;
    await db.query('alter table recording.delivery_day rename to hidden');
    const lost = await post(`/v1/deliveries/${told.id}/retry`, {});
    await db.query('alter table recording.hidden rename to delivery_day');
    expect(lost.status).toBe(500);
    expect(await refusedOf(told)).toHaveLength(1);
    expect((await retry(told)).kept).toBe(1);
  });

  it('sends what has no id once, however often it is asked to at once', async () => {
    const own = 'urn:llcl:uni:twice';
    const unnamed = event(
      { source: own, id: undefined, time: undefined },
      { occurredAt: undefined },
    );
    const told = await deliveryOf(await post('/v1/events', unnamed));
    expect(told.kept).toBe(1);
    await register({ sources: [...client.sources, own] });
    const before = await recorder.size();
    // All have read what is kept, and recorded it, before any of them can forget it.
    const answers = await recorder.service.foundation.db.transaction(async (tx) => {
      await tx.query('lock table recording.refused_item in exclusive mode');
      const asked = Array.from({ length: 4 }, () => post(`/v1/deliveries/${told.id}/retry`, {}));
      await new Promise((resolve) => setTimeout(resolve, 500));
      return asked;
    });
    const done = await Promise.all(answers);
    const told409 = done.filter(({ json }) => json['code'] === 'nothing-to-retry');
    expect([told409.length, done.some(({ status }) => status === 200)]).toEqual([3, true]);
    expect(await recorder.size()).toBe(before + 1);
    await register({ sources: client.sources });
  });

  it('can be tried again when a process died over it', async () => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    const claim = (when: string) =>
      recorder.service.foundation.db.query(
        `update recording.delivery set claimed_until = now() + $2::interval where id = $1`,
        [told.id, when],
      );
    await claim('1 minute');
    expect((await post(`/v1/deliveries/${told.id}/retry`, {})).status).toBe(409);
    await claim('-1 second');
    expect((await retry(told)).kept).toBe(1);
  });

  it.each([
    ['a place where nothing is kept', { data: [{ index: 7, event: {} }] }],
    ['another form', { data: [{ index: 0, body: '{}' }] }],
    ['no correction', { data: [{ index: 0 }] }],
    ['something else', { data: 7 }],
    ['very many', { data: Array.from({ length: 51 }, () => ({ index: 0, event: {} })) }],
  ])('refuses a correction of %s, and keeps what it has', async (_, body) => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    const answer = await post(`/v1/deliveries/${told.id}/retry`, body);
    expect([answer.status, answer.json['code']]).toEqual([400, 'invalid-input']);
    expect(await refusedOf(told)).toHaveLength(1);
  });

  it('keeps nothing of what was taken, and nothing older than a week', async () => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    expect(told.kept).toBe(1);
    const { db } = recorder.service.foundation;
    await db.query(
      `update recording.refused_item set received_at = received_at - interval '7 days'
       where delivery = $1`,
      [told.id],
    );
    expect(await refusedOf(told)).toEqual([]);
    await recorder.service.app.get(TidyDeliveries).tidy();
    const rows = await db.query('select from recording.refused_item where delivery = $1', [
      told.id,
    ]);
    expect(rows).toHaveLength(0);
    expect((await deliveryOf(await post('/v1/events', event({ id: fresh() })))).kept).toBe(0);
  });
});

const attempt = (part: object = {}) => ({
  learner: { account: { homePage: 'https://uni.example', name: '204' } },
  activity: { id: `https://uni.example/sco/${fresh()}`, title: 'Hygiene' },
  time: '2026-05-04T09:00:00Z',
  cmi: { core: { lesson_status: 'passed' } },
  ...part,
});
const scorm = (body: unknown, headers: Record<string, string> = {}) =>
  recorder.send('POST', '/v1/formats/scorm', body, { authorization: basic, ...headers });

describe('what became of what came in a format of others', () => {
  it('keeps a body that was refused in part whole, and takes it again corrected', async () => {
    const good = attempt();
    const body = [good, attempt({ hobby: 1 })];
    const told = await deliveryOf(await scorm(body));
    expect(told).toMatchObject({
      channel: 'scorm',
      counts: { ...none, recorded: 1, refused: 1 },
      refusals: [{ index: 1, code: 'invalid-input' }],
      kept: 1,
    });
    const [kept] = await refusedOf(told);
    expect(JSON.parse(kept?.body ?? '')).toEqual(body);
    const typo = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body: '[{' }] });
    expect(DeliveryDetails.parse(typo.json).refusals).toMatchObject([{ code: 'malformed-json' }]);
    expect(await refusedOf(told)).toEqual([kept]);
    const right = JSON.stringify([good, attempt()]);
    const answer = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body: right }] });
    expect(DeliveryDetails.parse(answer.json)).toMatchObject({
      channel: 'scorm',
      retryOf: told.id,
      counts: { ...none, recorded: 1, duplicate: 1 },
      kept: 0,
    });
    expect(await refusedOf(told)).toEqual([]);
  });

  it('keeps a body that was refused whole, and takes it as it was', async () => {
    await register({ sources: [] });
    const answer = await scorm(attempt());
    expect(answer.json['code']).toBe('source-not-yours');
    const told = await deliveryOf(answer);
    expect(told.kept).toBe(1);
    await register({ sources: client.sources });
    expect(await retry(told)).toMatchObject({ channel: 'scorm', state: 'recorded', kept: 0 });
  });

  it('records nothing of a trial', async () => {
    const before = await recorder.size();
    const told = await deliveryOf(
      await scorm([attempt(), attempt({ hobby: 1 })], { 'x-ledger-test': 'true' }),
    );
    expect(told).toMatchObject({ area: 'test', counts: { ...none, test: 1, refused: 1 } });
    expect(await retry(told)).toMatchObject({
      area: 'test',
      counts: { ...none, test: 1, refused: 1 },
    });
    expect(await recorder.size()).toBe(before);
  });
});

describe('the test area', () => {
  const test = { 'x-ledger-test': 'true' };

  it('checks events, answers and tells them, and records nothing', async () => {
    const before = await recorder.size();
    const id = fresh();
    const answer = await post('/v1/events', [event({ id }), event({ id, hobby: 1 })], test);
    const [first, second] = Results.parse(answer.json).results;
    expect([first?.status, (second as Problem | undefined)?.code]).toEqual([
      'test',
      'invalid-input',
    ]);
    expect(await deliveryOf(answer)).toMatchObject({
      area: 'test',
      counts: { ...none, test: 1, refused: 1 },
    });
    expect(await recorder.size()).toBe(before);
    const live = Results.parse((await post('/v1/events', event({ id }))).json).results;
    expect(live[0]?.status).toBe('recorded');
  });

  it('does so for xAPI, by the header and by an address of its own', async () => {
    const before = await recorder.size();
    const id = fresh();
    for (const answer of [
      await xapi(statement({ id }), test),
      await xapi(statement({ id }), {}, '/xapi-test'),
    ]) {
      expect([answer.status, answer.json]).toEqual([200, [id]]);
      expect(await deliveryOf(answer)).toMatchObject({
        area: 'test',
        counts: { ...none, test: 1 },
      });
    }
    expect((await xapi(statement({ id: 'no uuid' }), {}, '/xapi-test')).status).toBe(400);
    expect(await recorder.size()).toBe(before);
    const headers = { authorization: basic, 'x-experience-api-version': '1.0.3' };
    const stored = `/statements?statementId=${id}`;
    for (const endpoint of ['/xapi', '/xapi-test']) {
      const found = await recorder.send('GET', `${endpoint}${stored}`, undefined, headers);
      expect(found.status).toBe(404);
    }
    const list = await recorder.send('GET', '/xapi-test/statements', undefined, headers);
    expect(list.json).toEqual({ statements: [], more: '' });
  });

  it('keeps no documents', async () => {
    const state =
      '/activities/state?activityId=https%3A%2F%2Funi.example%2Fa&stateId=s' +
      `&agent=${encodeURIComponent(JSON.stringify({ mbox: 'mailto:a@b.example' }))}`;
    const headers = { authorization: basic, 'x-experience-api-version': '1.0.3' };
    const sent = await recorder.send('PUT', `/xapi-test${state}`, { a: 1 }, headers);
    expect(sent.status).toBe(204);
    const found = await recorder.send('GET', `/xapi${state}`, undefined, headers);
    expect(found.status).toBe(404);
  });

  it.each(['yes', '', 'TRUE!'])('takes no "%s" for a no', async (said) => {
    const before = await recorder.size();
    const answer = await post('/v1/events', event({ id: fresh() }), { 'x-ledger-test': said });
    expect(answer.status).toBe(400);
    expect(await recorder.size()).toBe(before);
  });

  it('is where a retry of a trial stays', async () => {
    const told = await deliveryOf(
      await post('/v1/events', event({ id: fresh(), source: `${SOURCE}.no` }), test),
    );
    expect(await retry(told)).toMatchObject({ area: 'test', state: 'refused' });
  });
});

describe('the quota', () => {
  it('refuses what is too much, and says in how many seconds to come again', async () => {
    await register({ quota: { eventsPerMinute: 60 } });
    const batch = Array.from({ length: 90 }, () => event({ id: fresh() }));
    expect((await post('/v1/events', batch)).status).toBe(200);
    const refused = await post('/v1/events', event({ id: fresh() }));
    expect([refused.status, refused.json['code']]).toEqual([429, 'quota-exceeded']);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThanOrEqual(31);
    expect(await deliveryOf(refused)).toMatchObject({
      refusals: [{ code: 'quota-exceeded' }],
      kept: 0,
    });
    const statements = await xapi(statement({ id: fresh() }));
    expect([statements.status, statements.headers['retry-after']]).toEqual([
      429,
      expect.stringMatching(/^\d+$/u),
    ]);
    await register({ quota: { eventsPerMinute: 1_000_000 } });
    expect((await post('/v1/events', event({ id: fresh() }))).status).toBe(200);
  });

  /** So much is left of the quota from here on. */
  const allow = async (eventsPerMinute: number) => {
    await register({ quota: { eventsPerMinute: 1_000_000 } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await post('/v1/events', event({ id: fresh() }))).status).toBe(200);
    await register({ quota: { eventsPerMinute } });
  };
  const codes = (answers: readonly Answer[]) =>
    answers.map(({ status, json }) => json['code'] ?? status);

  it('counts what is sent in a format of others', async () => {
    await allow(2);
    expect(codes([await scorm([attempt(), attempt()]), await scorm(attempt())])).toEqual([
      200,
      'quota-exceeded',
    ]);
  });

  it('counts each statement of a batch once', async () => {
    await allow(4);
    const batch = [1, 2, 3].map(() => statement({ id: fresh() }));
    const one = (): Promise<Answer> => xapi(statement({ id: fresh() }));
    expect(codes([await xapi(batch), await one(), await one()])).toEqual([
      200,
      200,
      'quota-exceeded',
    ]);
  });

  it.each([
    ['that are refused', () => [1, 2, 3].map(() => statement({ id: 'no uuid' })), 'invalid-input'],
    ['that nobody can read', () => '[{"half', 'malformed-json'],
  ])('counts statements %s', async (_, body, code) => {
    await allow(1);
    expect(codes([await xapi(body()), await xapi(body())])).toEqual([code, 'quota-exceeded']);
  });

  it('counts what is sent again', async () => {
    await allow(2);
    const told = await deliveryOf(await xapi([statement({ id: 'no uuid' })]));
    await retry(told);
    expect((await xapi(statement({ id: fresh() }))).json['code']).toBe('quota-exceeded');
  });

  it('counts documents that are written, and nothing that is read', async () => {
    await allow(2);
    const state =
      '/xapi/activities/state?activityId=https%3A%2F%2Funi.example%2Fq&stateId=q' +
      `&agent=${encodeURIComponent(JSON.stringify({ mbox: 'mailto:q@b.example' }))}`;
    const headers = { authorization: basic, 'x-experience-api-version': '1.0.3' };
    const ask = (method: 'GET' | 'PUT' | 'POST', body?: object) =>
      recorder.send(method, state, body, headers);
    const read = [await ask('GET'), await ask('GET'), await ask('GET')];
    expect(codes(read)).toEqual(['not-found', 'not-found', 'not-found']);
    expect(
      codes([await ask('PUT', { a: 1 }), await ask('POST', { b: 1 }), await ask('PUT', { a: 2 })]),
    ).toEqual([204, 204, 'quota-exceeded']);
    expect((await ask('GET')).json).toEqual({ a: 1, b: 1 });
  });

  it('counts documents in the alternate syntax, and reads by it as well', async () => {
    await allow(1);
    const agent = JSON.stringify({ mbox: 'mailto:q@b.example' });
    const form = (method: string, part: Record<string, string>) =>
      recorder.send(
        'POST',
        `/xapi/activities/state?method=${method}`,
        new URLSearchParams({
          activityId: 'https://uni.example/f',
          stateId: 'f',
          agent,
          authorization: basic,
          'x-experience-api-version': '1.0.3',
          ...part,
        }).toString(),
        { 'content-type': 'application/x-www-form-urlencoded' },
      );
    const answers = [
      await form('GET', {}),
      await form('PUT', { content: '{}' }),
      await form('PUT', { content: '{}' }),
    ];
    expect(codes(answers)).toEqual(['not-found', 204, 'quota-exceeded']);
  });
});
