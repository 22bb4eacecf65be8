import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createEmptyDatabase } from '../journey/database.js';
import { Person, tokenFor } from '../journey/client.js';
import { fsck } from '../journey/maintenance.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';
import * as story from '../journey/story.js';

jest.setTimeout(60_000);

/** Announces a body of so many bytes and sends none: it is refused before it is sent. */
const announce = (who: Person, path: string, bytes: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const call = request(`${who.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: who.authorization,
        'content-type': 'application/json',
        'content-length': bytes,
      },
    });
    call.once('error', reject).once('response', async (response) => {
      const text = (await response.toArray()).map(String).join('');
      call.destroy();
      resolve(JSON.parse(text));
    });
    call.flushHeaders();
  });

describe('bad input', () => {
  let ledger: LedgerProcess;
  let database: string;
  let mooc: Person;
  let xapi: Person;
  let anybody: Person;
  const [event] = story.moocEvents;

  beforeAll(async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const dataDir = mkdtempSync(join(tmpdir(), 'ledger-bad-'));
    database = await createEmptyDatabase();
    ledger = new LedgerProcess('apps/all-in-one/src/main.js', url, {
      PORT: String(port),
      DATABASE_URL: database,
      DATA_DIR: dataDir,
    });
    ledger.start();
    await ledger.ready();
    const keys = join(dataDir, 'keys');
    anybody = new Person(url, '');
    const admin = new Person(url, await tokenFor(keys, url, { id: 'per_operator', role: 'admin' }));
    const { xapiKey, xapiSecret } = await admin.must(201, 'post', '/v1/clients', story.MOOC);
    mooc = new Person(url, await tokenFor(keys, url, { id: story.MOOC.id, role: 'provider' }));
    xapi = new Person(url, `Basic ${Buffer.from(`${xapiKey}:${xapiSecret}`).toString('base64')}`);
    await mooc.eventually('/v1/institutions', ({ data }) => data.length === 1);
  });
  afterAll(() => ledger.stop());

  const JSON_TYPE = { 'content-type': 'application/json' };
  /** The problem that something is answered with: it says what to do, and is never a stack. */
  const problemOf = async (...call: Parameters<Person['send']>) => {
    const { status, body, headers } = await mooc.send(...call);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      status,
      whatToDo: expect.stringMatching(/\.$/u),
      requestId: headers['x-request-id'],
    });
    return body as {
      status: number;
      code: string;
      detail?: string;
      errors?: { pointer: string }[];
    };
  };
  const itemOf = async (item: unknown) => {
    const { body } = await mooc.send('post', '/v1/events', item);
    return body.results[0] as { status: number; code: string; errors?: { pointer: string }[] };
  };

  it('names where JSON breaks, and quotes nothing of it', async () => {
    for (const path of ['/v1/events', '/v1/achievements', '/v1/verifications']) {
      const problem = await problemOf('post', path, '{"name": "Amina Diallo", oops', JSON_TYPE);
      expect(problem).toMatchObject({ status: 400, code: 'malformed-json' });
      expect(JSON.stringify(problem)).not.toContain('Amina');
    }
  });

  it('refuses a body over the limit and says what the limit is', async () => {
    for (const [path, bytes] of [
      ['/v1/verifications', 5 * 1024 * 1024],
      ['/v1/events', 9 * 1024 * 1024],
    ] as const)
      expect(await announce(mooc, path, bytes)).toMatchObject({
        status: 413,
        code: 'too-large',
        detail: expect.stringMatching(/\d/u),
      });
    const batch = Array.from({ length: 1001 }, () => event);
    expect(await problemOf('post', '/v1/events', batch)).toMatchObject({
      status: 413,
      code: 'too-large',
    });
  });

  it.each([
    ['an unknown field', { ...event, colour: 'red' }, 400, 'invalid-input', '#/colour'],
    [
      'an unknown field within',
      { ...event, data: { ...event?.data, name: 'x' } },
      400,
      'invalid-input',
      '#/data/name',
    ],
    [
      'an unknown verb',
      { ...event, data: { ...event?.data, verb: 'learned' } },
      400,
      'invalid-input',
      '#/data/verb',
    ],
    [
      'a date far in the future',
      { ...event, time: '2999-01-01T00:00:00Z' },
      400,
      'time-in-future',
      '#/time',
    ],
    [
      'somebody else’s source',
      { ...event, source: 'urn:llcl:aurora:main' },
      403,
      'source-not-yours',
      '#/source',
    ],
    [
      'too high an assurance',
      { ...event, data: { ...event?.data, assurance: { level: 'quality-assured' } } },
      403,
      'assurance-too-high',
      '#/data/assurance/level',
    ],
    [
      'no learner',
      { ...event, data: { ...event?.data, learner: {} } },
      400,
      'invalid-input',
      '#/data/learner',
    ],
    ['a number', [7], 400, 'invalid-input', '#'],
  ])('answers %s with a pointer', async (_, item, status, code, pointer) => {
    const problem = await itemOf(item);
    expect(problem).toMatchObject({ status, code });
    expect(problem.errors?.map((error) => error.pointer)).toEqual(
      expect.arrayContaining([expect.stringContaining(pointer)]),
    );
  });

  it('answers a batch item by item, and stores what is right', async () => {
    const { body } = await mooc.send('post', '/v1/events', [
      { ...event, id: 'good-1' },
      { ...event, id: 'bad', colour: 'red' },
      { ...event, id: 'good-2' },
    ]);
    expect(body.results.map(({ status }: { status: unknown }) => status)).toEqual([
      'recorded',
      400,
      'recorded',
    ]);
  });

  it('refuses a batch of statements whole', async () => {
    const [statement] = story.moodleStatements;
    const good = { ...statement, id: '5f3a1a7e-8d5f-4b42-9f52-0d0f1f6a0b01' };
    const bad = { ...statement, verb: { id: 'not an iri' } };
    const refused = await xapi.send('post', '/xapi/statements', [good, bad], story.XAPI);
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid-input']);
    const alone = await xapi.send('post', '/xapi/statements', [good], story.XAPI);
    expect([alone.status, alone.headers['link']]).toEqual([
      200,
      expect.stringContaining('receipt'),
    ]);
    const again = await xapi.send('post', '/xapi/statements', [good], story.XAPI);
    expect(again.status).toBe(200);
    const withoutVersion = await xapi.send('post', '/xapi/statements', [good]);
    expect(withoutVersion.status).toBe(400);
  });

  it.each([
    ['get', '/v1/me', 401, 'not-signed-in'],
    ['get', '/nowhere', 404, 'not-found'],
    ['get', '/v1/shares/shr_nothing', 404, 'not-found'],
    ['post', '/v1/clients', 401, 'not-signed-in'],
    ['delete', '/v1/me', 401, 'not-signed-in'],
  ] as const)('answers %s %s to nobody with %i', async (method, path, status, code) => {
    const { body } = await anybody.send(method, path);
    expect([body.status, body.code]).toEqual([status, code]);
  });

  it('takes no token that it did not sign', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"per_a","role":"admin"}').toString('base64url')}.`;
    const { status } = await new Person(ledger.url, `Bearer ${unsigned}`).send('get', '/v1/me');
    expect(status).toBe(401);
  });

  it('is still up after all that, with a log that adds up', async () => {
    expect(ledger.hasExited).toBe(false);
    expect(await fsck([{ name: 'ledger', databaseUrl: database }])).toEqual([]);
  });
});
