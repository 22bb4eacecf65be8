import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { RunningRecorder } from './testing/running-recorder.js';

let database: Database;
let recorder: RunningRecorder;
let learner: string;

const fresh = (): string => randomUUID();
const report = (part: object = {}) => ({
  title: 'Cared for my grandmother at home',
  occurredOn: '2025-12-31',
  hours: 600,
  evidence: [{ uri: 'https://learner.example/letter' }],
  ...part,
});
const own = (body: unknown, headers: Record<string, string> = {}) =>
  recorder.send('POST', '/v1/me/events', body, { authorization: learner, ...headers });

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig(settings)),
    database.url,
  );
  await recorder.service.foundation.vault.createPerson('per_learner');
  learner = await recorder.tokenFor({ id: 'per_learner', role: 'learner' });
}, 60_000);

afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

describe('POST /v1/me/events', () => {
  it('records what a learner reports under their home alias', async () => {
    const response = await own(report());
    expect(response.status).toBe(201);
    const { seq, status } = response.json as { seq: number; status: string };
    expect(status).toBe('recorded');
    const { entry, data } = await recorder.entryAt(seq);
    expect([entry.alias, entry.provider]).toEqual([
      (await recorder.service.foundation.vault.aliasesOf('per_learner'))[0],
      'self',
    ]);
    expect(data).toMatchObject({
      activity: { id: expect.stringMatching(/^urn:uuid:/u) },
      assurance: { level: 'self-asserted' },
      learningContext: 'informal',
    });
  });

  it('honours an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': fresh() };
    const first = (await own(report(), headers)).json;
    expect((await own(report(), headers)).json).toEqual({ ...first, status: 'duplicate' });
    expect((await own(report({ hours: 6 }), headers)).json).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    await recorder.service.foundation.vault.createPerson('per_other');
    const authorization = await recorder.tokenFor({ id: 'per_other', role: 'learner' });
    expect((await own(report(), { ...headers, authorization })).json).toMatchObject({
      status: 'recorded',
    });
  });

  it.each([
    ['an unknown field', { hobby: 1 }, 'invalid-input'],
    ['no title', { title: ' ' }, 'invalid-input'],
    ['a day to come', { occurredOn: '2099-01-01' }, 'time-in-future'],
    ['NUL', { title: 'a\u0000b' }, 'invalid-input'],
    ['evidence that is no address', { evidence: [{ uri: 'x' }] }, 'invalid-input'],
  ])('refuses %s', async (_, part, code) => {
    expect((await own(report(part))).json).toMatchObject({ status: 400, code });
  });

  it('is for learners', async () => {
    const provider = await recorder.tokenFor({ id: 'uni', role: 'provider' });
    expect((await own(report(), { authorization: provider })).status).toBe(403);
    expect((await own(report(), { authorization: '' })).status).toBe(401);
  });
});
