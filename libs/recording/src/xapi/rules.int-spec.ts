import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { XapiDryRun, XapiRules } from '#contracts';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { RunningRecorder } from '../testing/running-recorder.js';
import { client, statement } from '../testing/samples.js';

let database: Database;
let recorder: RunningRecorder;
let authorization: string;

const dryRun = (body: unknown, headers: Record<string, string> = { authorization }) =>
  recorder.send('POST', '/v1/xapi-rules/dry-run', body, headers);

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig(settings)),
    database.url,
  );
  const actor = { id: client.id, role: 'provider', organisation: client.id } as const;
  authorization = await recorder.tokenFor(actor);
}, 60_000);

afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

describe('GET /v1/xapi-rules', () => {
  it('shows the table to everybody, the last rule for all that no other takes', async () => {
    const { status, json } = await recorder.send('GET', '/v1/xapi-rules');
    expect(status).toBe(200);
    const { rules } = XapiRules.parse(json);
    expect(rules.at(-1)).toEqual({
      id: 'other-verb',
      when: {},
      because: 'the verb earns nothing',
    });
    expect(rules.every((rule) => 'becomes' in rule !== 'because' in rule)).toBe(true);
  });
});

describe('POST /v1/xapi-rules/dry-run', () => {
  it('says of each statement what it would be and why, and records nothing', async () => {
    const before = await recorder.size();
    const { status, json, text } = await dryRun([
      statement({ result: { score: { raw: 9, min: 0, max: 10, scaled: 0.9 } } }),
      statement({ verb: { id: 'http://id.tincanapi.com/verb/viewed' } }),
      statement({
        verb: { id: 'http://adlnet.gov/expapi/verbs/voided' },
        object: { objectType: 'StatementRef', id: '00000000-0000-4000-8000-00000000000A' },
      }),
      statement({ hobby: 'Amina’s secret' }),
      statement({ timestamp: '2099-01-01T00:00:00Z' }),
      statement({ actor: { name: 'Amina' } }),
      7,
    ]);
    expect(status).toBe(200);
    XapiDryRun.parse(json);
    expect(json['results']).toEqual([
      {
        becomes: 'learning',
        rule: 'passed',
        event: expect.objectContaining({
          verb: 'passed',
          activity: { id: 'https://uni.example/course/12', type: 'other' },
          result: { score: { raw: 9, min: 0, max: 10, scaled: 0.9 } },
          occurredAt: '2026-05-04T09:00:00.000Z',
          assurance: { level: 'assessed' },
        }),
      },
      { becomes: 'telemetry', rule: 'other-verb', because: 'the verb earns nothing' },
      {
        becomes: 'voided',
        rule: 'voiding',
        statementId: '00000000-0000-4000-8000-00000000000a',
      },
      refused('invalid-input', '#/hobby'),
      expect.objectContaining({ becomes: 'telemetry', because: 'it lies in the future' }),
      refused('invalid-input', '#/actor'),
      refused('invalid-input', '#'),
    ]);
    expect(text).not.toMatch(/Amina|204/u);
    expect(await recorder.size()).toBe(before);
  });

  it('takes one statement alone', async () => {
    const { json } = await dryRun(statement());
    expect(json['results']).toMatchObject([{ becomes: 'learning' }]);
  });

  it.each([
    ['without a token', {}, 401],
    ['for a learner', { id: 'per_1', role: 'learner' }, 403],
    ['for an admin', { id: 'per_1', role: 'admin' }, 403],
  ] as const)('is refused %s', async (_, who, status) => {
    const headers: Record<string, string> =
      'role' in who ? { authorization: await recorder.tokenFor(who) } : {};
    expect((await dryRun(statement(), headers)).json).toMatchObject({ status });
  });

  it('is refused for more than a batch, and for a client without a source', async () => {
    expect((await dryRun(Array(1_001).fill(7))).json).toMatchObject({ code: 'too-large' });
    const empty = await recorder.tokenFor({ id: 'empty', role: 'provider', organisation: 'empty' });
    const answer = await dryRun(statement(), { authorization: empty });
    expect(answer.json).toMatchObject({ code: 'source-not-yours' });
  });
});

function refused(code: string, pointer: string): object {
  const errors = expect.arrayContaining([expect.objectContaining({ pointer })]);
  return { becomes: 'refused', problem: expect.objectContaining({ code, errors }) };
}
