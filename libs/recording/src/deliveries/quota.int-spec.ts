import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { EventsIntake } from '../events.intake.js';
import { type Answer, basic } from '../testing/running-recorder.js';
import { client, event, statement } from '../testing/samples.js';
import { attempt, fresh, usingSender } from '../testing/sender.js';

/** How much a client may send in a minute, whatever it sends; on the real log and PostgreSQL. */
const { post, xapi, scorm, deliveryOf, retry, register, recorder } = usingSender(
  (definition, settings) => createService(definition, loadConfig(settings)),
);

describe('the quota', () => {
  it('refuses what is too much, and says in how many seconds to come again', async () => {
    await register({ quota: { eventsPerMinute: 60 } });
    const batch = Array.from({ length: 90 }, () => event({ id: fresh() }));
    expect((await post('/v1/events', batch)).status).toBe(200);
    const refused = await post('/v1/events', event({ id: fresh() }));
    expect([refused.status, refused.json['code']]).toEqual([429, 'quota-exceeded']);
    const seconds = Number(refused.headers['retry-after']);
    // Half a minute, less what the requests took.
    expect(seconds).toBeGreaterThan(10);
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

  const typed = { 'content-type': 'application/json' };
  it.each<[string, () => Promise<Answer>, string]>([
    ['a body that is no JSON', () => post('/v1/events', '[{"half', typed), 'malformed-json'],
    ['a body that is empty', () => post('/v1/events', '', typed), 'malformed-json'],
    [
      'a body of another kind',
      () => post('/v1/events', 'a,b', { 'content-type': 'text/csv' }),
      'unsupported-media-type',
    ],
    [
      'a batch that is too long',
      () =>
        post(
          '/v1/events',
          Array.from({ length: 1_001 }, () => 1),
        ),
      'too-large',
    ],
    ['a form of others that is no JSON', () => scorm('[{"half', typed), 'malformed-json'],
    ['a form of others with nothing in it', () => scorm({}), 'invalid-input'],
  ])('counts %s as one, and no more', async (_, send, code) => {
    await allow(2);
    const answers = [await send(), await send(), await send()];
    expect(codes(answers)).toEqual([code, code, 'quota-exceeded']);
    expect(answers.at(-1)?.headers['retry-after']).toMatch(/^[1-9]\d*$/u);
  });

  it('counts a batch of nothing as one', async () => {
    await allow(1);
    expect(codes([await post('/v1/events', []), await post('/v1/events', [])])).toEqual([
      200,
      'quota-exceeded',
    ]);
  });

  it('counts an event that is sent alone once, and what is refused for the quota not at all', async () => {
    await allow(2);
    const one = (): Promise<Answer> => post('/v1/events', event({ id: fresh() }));
    const answers = [await one(), await one(), await one(), await one()];
    expect(codes(answers)).toEqual([200, 200, 'quota-exceeded', 'quota-exceeded']);
    const [third, fourth] = answers.slice(2).map(({ headers }) => Number(headers['retry-after']));
    expect(fourth).toBeLessThanOrEqual(Number(third));
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

  it('is the same for Kafka, where what is too much waits', async () => {
    await allow(10);
    const intake = recorder().service.app.get(EventsIntake);
    expect(await intake.admit(client.id, 4)).toEqual({ messages: 4, waitMs: 0 });
    const part = await intake.admit(client.id, 50);
    expect(part.messages).toBe(6);
    expect(part.waitMs).toBeGreaterThan(3_000);
    expect(part.waitMs).toBeLessThanOrEqual(6_000);
    expect(await intake.admit(client.id, 1)).toMatchObject({ messages: 0 });
    expect(codes([await post('/v1/events', event({ id: fresh() }))])).toEqual(['quota-exceeded']);
    // What was let in is not counted again when it is taken in; whom nobody knows is told so.
    await allow(1);
    await intake.admit(client.id, 1);
    await register({ quota: { eventsPerMinute: 60_000 } });
    expect(await intake.admit('stranger', 500)).toEqual({ messages: 500, waitMs: 0 });
  });

  it('waits on Kafka for a minute at most before it is asked again, and not for less than a second', async () => {
    const intake = recorder().service.app.get(EventsIntake);
    await allow(1);
    expect((await post('/v1/events', [1, 2, 3, 4, 5])).status).toBe(200);
    expect(await intake.admit(client.id, 1)).toEqual({ messages: 0, waitMs: 60_000 });
    await allow(6_000);
    expect(await intake.admit(client.id, 100_000)).toMatchObject({ waitMs: 1_000 });
  });

  it('counts documents that are written, and nothing that is read', async () => {
    await allow(2);
    const state =
      '/xapi/activities/state?activityId=https%3A%2F%2Funi.example%2Fq&stateId=q' +
      `&agent=${encodeURIComponent(JSON.stringify({ mbox: 'mailto:q@b.example' }))}`;
    const headers = { authorization: basic(client.id), 'x-experience-api-version': '1.0.3' };
    const ask = (method: 'GET' | 'PUT' | 'POST', body?: object) =>
      recorder().send(method, state, body, headers);
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
      recorder().send(
        'POST',
        `/xapi/activities/state?method=${method}`,
        new URLSearchParams({
          activityId: 'https://uni.example/f',
          stateId: 'f',
          agent,
          authorization: basic(client.id),
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
