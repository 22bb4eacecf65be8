import { describe, expect, it } from '@jest/globals';
import { Deliveries, DeliveryDays, DeliveryDetails } from '#contracts';
import { createService, loadConfig } from '#platform';
import { EventsIntake } from '../events.intake.js';
import { basic } from '../testing/running-recorder.js';
import { client, event, statement } from '../testing/samples.js';
import { fresh, none, usingSender } from '../testing/sender.js';

/** What a client is told of what it sent, and of nothing else; on the real log and PostgreSQL. */
const { post, xapi, get, deliveryOf, refusedOf, other, recorder } = usingSender(
  (definition, settings) => createService(definition, loadConfig(settings)),
);

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
    const [row] = await recorder().service.foundation.db.query<{ text: string }[]>(
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
      await recorder().send('POST', '/v1/events', event(), { authorization: 'Bearer x' }),
      await recorder().send('GET', '/xapi/statements', undefined, {
        authorization: basic(client.id),
      }),
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
    const intake = recorder().service.app.get(EventsIntake);
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
    expect(seen.length).toBeGreaterThan(7);
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
    expect(Deliveries.parse((await get('', other())).json).data).toEqual([]);
    for (const path of [`/${mine?.id}`, `/${mine?.id}/refused`])
      expect((await get(path, other())).status).toBe(404);
    const stolen = await recorder().send(
      'POST',
      `/v1/deliveries/${mine?.id}/retry`,
      {},
      {
        authorization: other(),
      },
    );
    expect(stolen.status).toBe(404);
    const learner = await recorder().tokenFor({ id: 'per_a', role: 'learner' });
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
