import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { usingProvider } from './testing/provider.js';
import { statement } from './testing/samples.js';

/** What makes two statements the same, a test for each rule; on the real log and PostgreSQL. */
const provider = usingProvider((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('statements are compared', () => {
  const registration = 'AAAAAAAA-0000-4000-8000-00000000000A';
  const context = { registration, contextActivities: { parent: { id: 'https://uni.example/c' } } };
  const result = { duration: 'PT1M1.236S', success: true };
  const original = { id: randomUUID(), context, result };

  beforeAll(async () => {
    expect((await provider().xapi('POST', 'statements', statement(original))).status).toBe(200);
  });

  it.each<[string, object]>([
    ['what the store sets', { stored: '2026-05-05T00:00:00Z', version: '1.0.0' }],
    ['who sent it', { authority: { mbox: 'mailto:lrs@uni.example' } }],
    ['the case of its id', { id: original.id.toUpperCase() }],
    [
      'the case of other UUIDs',
      { context: { ...context, registration: registration.toLowerCase() } },
    ],
    ['the time zone', { timestamp: '2026-05-04T11:00:00+02:00' }],
    ['that no timestamp was sent', { timestamp: undefined }],
    ['a duration beyond 0.01 s', { result: { ...result, duration: 'PT1M1.239S' } }],
    ['how a duration is written', { result: { ...result, duration: 'PT61.23S' } }],
    [
      'a list of one',
      { context: { ...context, contextActivities: { parent: [{ id: 'https://uni.example/c' }] } } },
    ],
  ])('without %s', async (_, part) => {
    const path = `statements?statementId=${original.id}`;
    expect((await provider().xapi('PUT', path, statement({ ...original, ...part }))).status).toBe(
      204,
    );
  });

  it.each<[string, object]>([
    ['another moment', { timestamp: '2026-05-04T09:00:01Z' }],
    ['a duration 0.01 s longer', { result: { ...result, duration: 'PT1M1.246S' } }],
    ['another registration', { context: { ...context, registration: randomUUID() } }],
    ['another result', { result: { ...result, success: false } }],
    ['another learner', { actor: { account: { homePage: 'https://uni.example', name: '205' } } }],
  ])('and are in conflict with %s', async (_, part) => {
    const path = `statements?statementId=${original.id}`;
    const { json } = await provider().xapi('PUT', path, statement({ ...original, ...part }));
    expect(json).toMatchObject({ status: 409, code: 'event-conflict' });
  });
});
