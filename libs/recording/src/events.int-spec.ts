import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Results } from '#contracts';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { BODY_BYTES_MAX } from './json-body.js';
import { RunningRecorder } from './testing/running-recorder.js';
import { client, event, SOURCE, voiding } from './testing/samples.js';

let database: Database;
let recorder: RunningRecorder;
let bearer: string;

const fresh = (): string => randomUUID();
const post = (body: unknown, headers: Record<string, string> = {}) =>
  recorder.send('POST', '/v1/events', body, { authorization: bearer, ...headers });
const results = async (body: unknown, headers: Record<string, string> = {}) => {
  const response = await post(body, headers);
  expect([response.status, response.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  return Results.parse(response.json).results;
};

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig(settings)),
    database.url,
  );
  bearer = await recorder.tokenFor({
    id: client.id,
    role: 'provider',
    organisation: client.id,
  });
}, 60_000);

afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

describe('POST /v1/events', () => {
  it('answers each event in the order sent, good and bad together', async () => {
    const id = fresh();
    const before = await recorder.size();
    const answers = await results([
      event({ id }),
      event({ id: fresh(), hobby: 1 }),
      event({ id }),
      event({ id }, { result: { success: false } }),
      event({ source: 'urn:llcl:other:lms' }),
      event({ id: fresh() }, { assurance: { level: 'quality-assured' } }),
      event({ id: fresh(), time: '2099-01-01T00:00:00Z' }),
      7,
      voiding({ id: fresh() }, { target: { source: SOURCE, id } }),
    ]);
    expect(
      answers.map((answer) =>
        'code' in answer ? `${answer.status} ${answer.code}` : answer.status,
      ),
    ).toEqual([
      'recorded',
      '400 invalid-input',
      'duplicate',
      '409 event-conflict',
      '403 source-not-yours',
      '403 assurance-too-high',
      '400 time-in-future',
      '400 invalid-input',
      'recorded',
    ]);
    expect(answers[1]).toMatchObject({ errors: [{ pointer: '#/hobby' }] });
    expect(answers[2]).toEqual({ ...answers[0], status: 'duplicate' });
    expect(await recorder.size()).toBe(before + 2);
    const { entry, data } = await recorder.entryAt(before);
    expect(answers[0]).toMatchObject({ eventId: entry.id, log: 'recorder', seq: before });
    expect(data).toMatchObject({ verb: 'passed', learner: { id: entry.alias } });
  });

  it.each([
    ['structured', 'application/cloudevents+json', () => event({ id: fresh() })],
    ['batched', 'application/cloudevents-batch+json', () => [event({ id: fresh() })]],
    ['plain', 'application/json; charset=utf-8', () => event({ id: fresh() })],
  ])('takes events %s', async (_, type, body) => {
    expect(await results(body(), { 'content-type': type })).toMatchObject([{ status: 'recorded' }]);
  });

  it('takes binary mode', async () => {
    const { data } = event();
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': fresh(),
      'ce-source': SOURCE,
      'ce-type': 'org.learning-ledger.passed.v1',
      'ce-time': '2026-05-04T09:00:00Z',
    };
    expect(await results(data, headers)).toMatchObject([{ status: 'recorded' }]);
    expect(await results(data, { ...headers, 'ce-hobby': '1' })).toMatchObject([
      { code: 'invalid-input', errors: [{ pointer: '#/hobby' }] },
    ]);
  });

  it('takes an empty batch', async () => {
    expect(await results([])).toEqual([]);
  });

  it.each([
    ['no token', { authorization: '' }, 401, 'not-signed-in'],
    ['a wrong token', { authorization: 'Bearer x.y.z' }, 401, 'not-signed-in'],
    ['a strange media type', { 'content-type': 'text/csv' }, 415, 'unsupported-media-type'],
    [
      'a list sent as one',
      { 'content-type': 'application/cloudevents+json' },
      400,
      'invalid-input',
    ],
  ])('refuses %s', async (_, headers, status, code) => {
    const response = await post([event({ id: fresh() })], headers);
    expect([response.status, response.json['code']]).toEqual([status, code]);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it('refuses everybody who is not a provider', async () => {
    const response = await post(event(), {
      authorization: await recorder.tokenFor({ id: 'per_1', role: 'learner' }),
    });
    expect(response.json).toMatchObject({ status: 403, code: 'not-allowed' });
  });

  it.each([
    ['malformed JSON', '[{"id": 1 2}]', 400, 'malformed-json', /position 10/u],
    ['no body', '', 400, 'malformed-json', undefined],
    ['a body that is too large', `["${'x'.repeat(BODY_BYTES_MAX)}"]`, 413, 'too-large', /8388608/u],
    ['too many events', `[${'{},'.repeat(1_000)}{}]`, 413, 'too-large', /1000/u],
  ])('refuses %s', async (_, body, status, code, detail) => {
    const before = await recorder.size();
    const response = await post(body);
    expect(response.json).toMatchObject({ status, code });
    expect(String(response.json['detail'])).toMatch(detail ?? /./u);
    expect(await recorder.size()).toBe(before);
  });

  it('tells a client that has not arrived here to come again', async () => {
    const authorization = await recorder.tokenFor({
      id: 'new',
      role: 'provider',
      organisation: 'new',
    });
    expect(await results(event(), { authorization })).toMatchObject([{ code: 'unavailable' }]);
  });

  it('records what sixteen senders say at once, once', async () => {
    const ids = Array.from({ length: 50 }, fresh);
    const before = await recorder.size();
    const batches = await Promise.all(
      Array.from({ length: 16 }, () =>
        results(
          ids.map((id, k) =>
            event(
              { id },
              {
                learner: { account: { homePage: 'https://x.example', name: `${k % 9}` } },
              },
            ),
          ),
        ),
      ),
    );
    const recorded = batches.flat().filter(({ status }) => status === 'recorded');
    expect(recorded).toHaveLength(ids.length);
    expect(batches.flat().filter(({ status }) => status === 'duplicate')).toHaveLength(15 * 50);
    expect(await recorder.size()).toBe(before + ids.length);
  });

  it('answers each of many that are sent one by one, whatever the others are', async () => {
    const [known, voided, taken] = [fresh(), fresh(), fresh()];
    await results([event({ id: voided }), event({ id: taken })]);
    const before = await recorder.size();
    const singles: readonly [object, string][] = [
      ...Array.from({ length: 12 }, (): [object, string] => [event({ id: fresh() }), 'recorded']),
      [event({ id: fresh(), hobby: 1 }), 'invalid-input'],
      [event({ id: taken }, { result: { success: false } }), 'event-conflict'],
      [event({ id: taken }), 'duplicate'],
      [voiding({ id: fresh() }, { target: { source: SOURCE, id: voided } }), 'recorded'],
    ];
    const answers = await Promise.all(singles.map(([one]) => results(one)));
    expect(
      answers.flat().map((answer) => ('code' in answer ? answer.code : answer.status)),
    ).toEqual(singles.map(([, expected]) => expected));
    const same = await Promise.all(Array.from({ length: 8 }, () => results(event({ id: known }))));
    const statuses = same.flat().map(({ status }) => String(status));
    expect(statuses.toSorted()).toEqual([...Array(7).fill('duplicate'), 'recorded']);
    expect(await recorder.size()).toBe(before + 14);
  });
});
