import { describe, expect, it } from '@jest/globals';
import { Deliveries, type Problem, Results } from '#contracts';
import { createService, loadConfig } from '#platform';
import { EventsIntake } from '../events.intake.js';
import { basic } from '../testing/running-recorder.js';
import { client, event, SOURCE, statement } from '../testing/samples.js';
import { fresh, none, usingSender } from '../testing/sender.js';

/** What is sent as a trial; on the real log and PostgreSQL. */
const { post, xapi, get, deliveryOf, refusedOf, retry, recorder } = usingSender(
  (definition, settings) => createService(definition, loadConfig(settings)),
);

describe('the test area', () => {
  const test = { 'x-ledger-test': 'true' };

  it('checks events, answers and tells them, and records nothing', async () => {
    const before = await recorder().size();
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
    expect(await recorder().size()).toBe(before);
    const live = Results.parse((await post('/v1/events', event({ id }))).json).results;
    expect(live[0]?.status).toBe('recorded');
  });

  it('does so for xAPI, by the header and by an address of its own', async () => {
    const before = await recorder().size();
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
    expect(await recorder().size()).toBe(before);
    const headers = { authorization: basic(client.id), 'x-experience-api-version': '1.0.3' };
    const stored = `/statements?statementId=${id}`;
    for (const endpoint of ['/xapi', '/xapi-test']) {
      const found = await recorder().send('GET', `${endpoint}${stored}`, undefined, headers);
      expect(found.status).toBe(404);
    }
    const list = await recorder().send('GET', '/xapi-test/statements', undefined, headers);
    expect(list.json).toEqual({ statements: [], more: '' });
  });

  it('keeps no documents', async () => {
    const state =
      '/activities/state?activityId=https%3A%2F%2Funi.example%2Fa&stateId=s' +
      `&agent=${encodeURIComponent(JSON.stringify({ mbox: 'mailto:a@b.example' }))}`;
    const headers = { authorization: basic(client.id), 'x-experience-api-version': '1.0.3' };
    const sent = await recorder().send('PUT', `/xapi-test${state}`, { a: 1 }, headers);
    expect(sent.status).toBe(204);
    const found = await recorder().send('GET', `/xapi${state}`, undefined, headers);
    expect(found.status).toBe(404);
  });

  it.each(['yes', '', 'TRUE!'])('takes no "%s" for a no', async (said) => {
    const before = await recorder().size();
    const answer = await post('/v1/events', event({ id: fresh() }), { 'x-ledger-test': said });
    expect(answer.status).toBe(400);
    expect(await recorder().size()).toBe(before);
  });

  const message = (body: object, ...headers: readonly (readonly [string, string])[]) => ({
    key: null,
    headers: [['content-type', 'application/cloudevents+json'] as const, ...headers],
    value: Buffer.from(JSON.stringify(body)),
  });
  const take = (...batch: readonly ReturnType<typeof message>[]) =>
    recorder().service.app.get(EventsIntake).take(client.id, batch);
  const trial = ['x-ledger-test', 'true'] as const;

  it('does so for messages of Kafka, also between others, and tells each area apart', async () => {
    const before = await recorder().size();
    const [tried, taken, wrong] = [fresh(), fresh(), fresh()];
    const answers = await take(
      message(event({ id: tried }), trial),
      message(event({ id: taken })),
      message(event({ id: wrong, hobby: 1 }), ['X-Ledger-Test', 'TRUE']),
    );
    expect(answers).toMatchObject([
      { result: { status: 'test' }, isTrial: true, id: tried },
      { result: { status: 'recorded' }, id: taken },
      { result: { code: 'invalid-input' }, isTrial: true, id: wrong },
    ]);
    expect(answers[0]?.result).toEqual({ status: 'test' });
    expect(answers[1]).not.toHaveProperty('isTrial');
    expect(await recorder().size()).toBe(before + 1);
    const { data } = Deliveries.parse((await get('?channel=kafka&limit=2')).json);
    const told = new Map(data.map((delivery) => [delivery.area, delivery]));
    expect(told.get('test')?.counts).toEqual({ ...none, test: 1, refused: 1 });
    expect(told.get('live')?.counts).toEqual({ ...none, recorded: 1 });
    const kept = told.get('test');
    expect(await refusedOf({ id: kept?.id ?? '' })).toMatchObject([{ event: { id: wrong } }]);
    expect(await take(message(event({ id: tried })))).toMatchObject([
      { result: { status: 'recorded' } },
    ]);
  });

  it.each<[string, readonly (readonly [string, string])[]]>([
    ['says neither yes nor no', [['x-ledger-test', 'yes']]],
    ['says nothing', [['x-ledger-test', '']]],
    [
      'says both',
      [
        ['x-ledger-test', 'false'],
        ['X-Ledger-Test', 'true'],
      ],
    ],
  ])('takes no message for either whose header %s', async (_, headers) => {
    const before = await recorder().size();
    const [answer] = await take(message(event({ id: fresh() }), ...headers));
    expect(answer?.result).toMatchObject({ code: 'invalid-input' });
    expect(await recorder().size()).toBe(before);
  });

  it('records a message that says it is no trial, or says twice that it is one as a trial', async () => {
    const before = await recorder().size();
    const answers = await take(
      message(event({ id: fresh() }), ['x-ledger-test', 'false']),
      message(event({ id: fresh() }), trial, trial),
      message(event({ id: undefined, time: undefined }), trial),
    );
    expect(answers.map(({ result }) => ('code' in result ? result.code : result.status))).toEqual([
      'recorded',
      'test',
      'invalid-input',
    ]);
    expect(await recorder().size()).toBe(before + 1);
  });

  it('is where a retry of a trial stays', async () => {
    const told = await deliveryOf(
      await post('/v1/events', event({ id: fresh(), source: `${SOURCE}.no` }), test),
    );
    expect(await retry(told)).toMatchObject({ area: 'test', state: 'refused' });
  });
});
