import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { type Client, problemOf } from '#contracts';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { RunningRecorder } from '../testing/running-recorder.js';
import { client } from '../testing/samples.js';
import { DocumentResources } from './document-resources.js';
import { DOCUMENTS_MAX } from './documents.js';
import { ActivitiesResource } from './people-and-activities.js';
import type { XapiAnswer, XapiRequest, XapiVersion } from './resource.js';

const STATE = '/activities/state';
const ACTIVITY = '/activities/profile';
const AGENT = '/agents/profile';
const other: Client = { ...client, id: 'mooc' };
const RACERS = 16;

type Parameters = Readonly<Record<string, string>>;
interface Ask {
  readonly body?: unknown;
  readonly headers?: XapiRequest['headers'];
  readonly client?: Client;
  readonly version?: XapiVersion;
}

let database: Database;
let recorder: RunningRecorder;
let activityId: string;
let agent: string;

const jsonOf = ({ body }: XapiAnswer): unknown =>
  Buffer.isBuffer(body) ? (JSON.parse(body.toString()) as unknown) : body;
const sha1 = (content: string): string => `"${createHash('sha1').update(content).digest('hex')}"`;
const account = (name: string): string =>
  JSON.stringify({ account: { homePage: 'https://uni.example', name } });

/** What the resource answers, refusals as the status and problem they are rendered as. */
const ask = async (
  method: XapiRequest['method'],
  path: string,
  parameters: Parameters,
  { body, headers, client: by = client, version = '1.0.3' }: Ask = {},
): Promise<XapiAnswer & { code?: string }> => {
  const { resources } = recorder.service.app.get(DocumentResources, { strict: false });
  const resource = resources.find((one) => one.path === path);
  if (!resource) throw new Error(`no resource ${path}`);
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  const request = {
    method,
    parameters,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: bytes,
    client: by,
    version,
  };
  try {
    return await resource.handle(request);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { status, code } = problemOf(error.code);
    return { status, code };
  }
};
/** Sorted: what is written in one millisecond comes in any order. */
const idsOf = ({ body }: XapiAnswer): readonly string[] =>
  [...(body as readonly string[])].toSorted();
const statuses = (answers: readonly XapiAnswer[]): readonly number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
const racing = (ask: (n: number) => Promise<XapiAnswer>): Promise<XapiAnswer[]> =>
  Promise.all(Array.from({ length: RACERS }, (_, n) => ask(n)));
const rows = async (): Promise<number> => {
  const [row] = await recorder.service.foundation.db.query<{ n: number }[]>(
    'select count(*)::int as n from recording.document',
  );
  return row?.n ?? Number.NaN;
};

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig(settings)),
    database.url,
  );
}, 60_000);

afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

beforeEach(() => {
  activityId = `https://uni.example/course/${randomUUID()}`;
  agent = account(randomUUID());
});

/** Each of the three kinds of documents, with the parameters that name one. */
const kinds = [
  [STATE, () => ({ activityId, agent, stateId: 'one' })],
  [ACTIVITY, () => ({ activityId, profileId: 'one' })],
  [AGENT, () => ({ agent, profileId: 'one' })],
] as const;
const listOf = (named: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(named).filter(([name]) => !/^(?:state|profile)Id$/u.test(name)),
  );
const NEW = { headers: { 'if-none-match': '*' } };

describe.each(kinds)('%s', (path, named) => {
  it('keeps a document of any kind, byte by byte', async () => {
    const body = Buffer.from([0, 255, 254, 10, 13, 0]);
    const headers = { 'content-type': 'image/png', 'if-none-match': '*' };
    const started = Math.floor(Date.now() / 1000) * 1000;
    expect(await ask('PUT', path, named(), { body, headers })).toEqual({ status: 204 });
    for (const method of ['GET', 'HEAD'] as const) {
      const { status, headers, body: got } = await ask(method, path, named());
      expect({ status, got }).toEqual({ status: 200, got: body });
      expect(headers).toMatchObject({
        'content-type': 'image/png',
        etag: `"${createHash('sha1').update(body).digest('hex')}"`,
        'content-security-policy': expect.stringContaining('sandbox'),
      });
      const modified = Date.parse(headers?.['last-modified'] ?? '');
      expect(modified).toBeGreaterThanOrEqual(started);
      expect(modified).toBeLessThanOrEqual(Date.now());
    }
    const known = {
      headers: { 'if-none-match': `"${createHash('sha1').update(body).digest('hex')}"` },
    };
    const again = await ask('GET', path, named(), known);
    expect(again).toMatchObject({ status: 304 });
    expect(again.body).toBeUndefined();
  });

  it('keeps nothing readable in the database', async () => {
    const place = { ...named(), [path === STATE ? 'stateId' : 'profileId']: 'secret-bookmark' };
    await ask('PUT', path, place, { body: { at: 'secret-chapter' }, ...NEW });
    const all = await recorder.service.foundation.db.query<Record<string, unknown>[]>(
      'select * from recording.document',
    );
    const text = all
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join('\n');
    expect(text.length).toBeGreaterThan(100);
    const at = Buffer.from('{"at":"secret-chapter"}');
    const secrets = ['secret', client.id, activityId, 'uni.example', agent, at.toString('base64')];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const hashes = ['sha1', 'sha256'].map((name) =>
      createHash(name).update(at).digest().toString('latin1'),
    );
    expect(hashes.filter((hash) => text.includes(hash))).toEqual([]);
  });

  it('does not open what was moved to another row', async () => {
    const [one, two] = [named(), { ...named(), [path === STATE ? 'stateId' : 'profileId']: 'two' }];
    await recorder.service.foundation.db.query('truncate recording.document');
    for (const place of [one, two]) await ask('PUT', path, place, { body: place, ...NEW });
    await recorder.service.foundation.db.query(
      `update recording.document as mine set content = theirs.content
       from recording.document as theirs where mine.token <> theirs.token`,
    );
    await expect(ask('GET', path, one)).rejects.toThrow(/authenticate/u);
  });

  it('adds JSON to JSON, and nothing to anything else', async () => {
    const post = (body: unknown, headers = {}) => ask('POST', path, named(), { body, headers });
    expect(await post({ car: { make: 'Ford', model: 'T' }, driver: 'Dale' })).toEqual({
      status: 204,
    });
    expect(await post({ car: { make: 'Dodge' }, type: 'Civic' })).toEqual({ status: 204 });
    const merged = { car: { make: 'Dodge' }, driver: 'Dale', type: 'Civic' };
    expect(jsonOf(await ask('GET', path, named()))).toEqual(merged);
    const refused = [
      await post('abcdefg', { 'content-type': 'application/octet-stream' }),
      await post('abcdefg', { 'content-type': 'not/json' }),
      await post('abc', { 'content-type': 'application/x-www-form-urlencoded' }),
      await post('{"a":1}{'),
      await post([{ a: 1 }]),
    ];
    expect(statuses(refused)).toEqual([400, 400, 400, 400, 400]);
    expect(jsonOf(await ask('GET', path, named()))).toEqual(merged);
  });

  it('adds no JSON to what is none, and begins nothing with half of it', async () => {
    expect((await ask('POST', path, named(), { body: '{"a":1}[' })).status).toBe(400);
    expect((await ask('GET', path, named())).status).toBe(404);
    const headers = { 'content-type': 'application/octet-stream', 'if-none-match': '*' };
    await ask('PUT', path, named(), { body: '/ asdf / undefined', headers });
    expect((await ask('POST', path, named(), { body: { a: 1 } })).status).toBe(400);
    expect((await ask('GET', path, named())).body).toEqual(Buffer.from('/ asdf / undefined'));
  });

  it.each(['1.0.3', '2.0.0'] as const)(
    'heeds If-Match and If-None-Match in %s',
    async (version) => {
      const say = (method: 'PUT' | 'POST' | 'DELETE', headers: object, body: object) =>
        ask(method, path, named(), { headers: { ...headers }, body, version });
      const tag = async () => (await ask('GET', path, named())).headers?.['etag'];
      await say('POST', {}, { a: 1 });
      expect(await tag()).toBe(sha1('{"a":1}'));
      for (const method of ['PUT', 'POST', 'DELETE'] as const) {
        for (const headers of [{ 'if-match': '"1234"' }, { 'if-none-match': '*' }])
          expect(await say(method, headers, { a: 2 })).toEqual({
            status: 412,
            code: 'precondition-failed',
          });
        expect(await tag()).toBe(sha1('{"a":1}'));
      }
      expect(await say('PUT', { 'if-match': sha1('{"a":1}') }, { b: 1 })).toEqual({ status: 204 });
      expect(await say('POST', { 'if-match': sha1('{"b":1}') }, { c: 1 })).toEqual({ status: 204 });
      expect(await say('POST', { 'if-match': sha1('{"b":1}') }, { d: 1 })).toMatchObject({
        status: 412,
      });
      expect(jsonOf(await ask('GET', path, named()))).toEqual({ b: 1, c: 1 });
      expect(await say('DELETE', { 'if-match': sha1('{"b":1,"c":1}') }, {})).toEqual({
        status: 204,
      });
      expect(await ask('GET', path, named())).toEqual({ status: 404, code: 'not-found' });
      expect(await say('DELETE', { 'if-match': '*' }, {})).toMatchObject({ status: 412 });
      expect(await say('DELETE', {}, {})).toEqual({ status: 204 });
    },
  );

  it.each(['1.0.3', '2.0.0'] as const)('takes or refuses a blind PUT in %s', async (version) => {
    const isState = path === STATE;
    const put = (body: object) => ask('PUT', path, named(), { body, version });
    const first = await put({ a: 1 });
    expect(first.status).toBe(version === '1.0.3' && !isState ? 400 : 204);
    await ask('POST', path, named(), { body: { a: 1 } });
    const second = await put({ a: 2 });
    const mayOverwrite = version === '1.0.3' && isState;
    expect(second).toEqual(
      mayOverwrite ? { status: 204 } : { status: 409, code: 'document-exists' },
    );
    expect(jsonOf(await ask('GET', path, named()))).toEqual({ a: mayOverwrite ? 2 : 1 });
  });

  it('is begun by one of many that come at once', async () => {
    const answers = await racing((n) => ask('PUT', path, named(), { body: { n }, ...NEW }));
    expect(statuses(answers)).toEqual([204, ...Array.from({ length: RACERS - 1 }, () => 412)]);
    const winner = answers.findIndex(({ status }) => status === 204);
    expect(jsonOf(await ask('GET', path, named()))).toEqual({ n: winner });
    expect(idsOf(await ask('GET', path, listOf(named())))).toEqual(['one']);
  });

  it('is replaced by one of many that saw the same', async () => {
    await ask('POST', path, named(), { body: { n: -1 } });
    const headers = { 'if-match': sha1('{"n":-1}') };
    const answers = await racing((n) => ask('PUT', path, named(), { body: { n }, headers }));
    expect(statuses(answers)).toEqual([204, ...Array.from({ length: RACERS - 1 }, () => 412)]);
    const winner = answers.findIndex(({ status }) => status === 204);
    expect(jsonOf(await ask('GET', path, named()))).toEqual({ n: winner });
  });

  it('loses nothing of what many add at once', async () => {
    const answers = await racing((n) => ask('POST', path, named(), { body: { [`m${n}`]: n } }));
    expect(statuses(answers)).toEqual(Array.from({ length: RACERS }, () => 204));
    const all = Array.from({ length: RACERS }, (_, n) => [`m${n}`, n]);
    expect(jsonOf(await ask('GET', path, named()))).toEqual(Object.fromEntries(all));
  });

  it('is removed once by many that saw the same, and nothing half-removed comes back', async () => {
    await ask('POST', path, named(), { body: { old: 1 } });
    const headers = { 'if-match': sha1('{"old":1}') };
    const answers = await racing((n) =>
      n % 2 === 0
        ? ask('DELETE', path, named(), { headers })
        : ask('PUT', path, named(), { body: { n }, headers }),
    );
    expect(statuses(answers)).toEqual([204, ...Array.from({ length: RACERS - 1 }, () => 412)]);
  });

  it('is listed by id, those changed after a time where one is said', async () => {
    const id = path === STATE ? 'stateId' : 'profileId';
    const ids = ['a/b?c&d', 'zwei', 'Ünïcode \u{1F600}'];
    expect(idsOf(await ask('GET', path, listOf(named())))).toEqual([]);
    for (const one of ids) await ask('POST', path, { ...named(), [id]: one }, { body: {} });
    expect(idsOf(await ask('GET', path, listOf(named())))).toEqual(ids);
    const since = (ms: number) => ({
      ...listOf(named()),
      since: new Date(Date.now() + ms).toISOString(),
    });
    expect(idsOf(await ask('GET', path, since(-60_000)))).toEqual(ids);
    expect(idsOf(await ask('GET', path, since(60_000)))).toEqual([]);
    await recorder.service.foundation.db.query(
      `update recording.document set updated = updated - interval '1 hour'`,
    );
    expect(idsOf(await ask('GET', path, since(-60_000)))).toEqual([]);
    await ask('POST', path, { ...named(), [id]: 'zwei' }, { body: { a: 1 } });
    expect(idsOf(await ask('GET', path, since(-60_000)))).toEqual(['zwei']);
    await ask('DELETE', path, { ...named(), [id]: 'a/b?c&d' });
    expect(idsOf(await ask('GET', path, listOf(named())))).toEqual(ids.slice(1));
  });

  it('is nobody else’s: not another client’s, activity’s, agent’s or kind’s', async () => {
    await ask('POST', path, named(), { body: { a: 1 } });
    const elsewhere: readonly (readonly [Parameters, Client])[] = [
      [named(), other],
      [{ ...named(), [path === STATE ? 'stateId' : 'profileId']: 'ONE' }, client],
      ...(path === AGENT ? [] : [[{ ...named(), activityId: `${activityId}/` }, client] as const]),
      ...(path === ACTIVITY ? [] : [[{ ...named(), agent: account('2') }, client] as const]),
    ];
    for (const [parameters, by] of elsewhere) {
      const as = { client: by };
      expect(await ask('GET', path, parameters, as)).toMatchObject({ status: 404 });
      expect(await ask('DELETE', path, parameters, as)).toEqual({ status: 204 });
      expect(await ask('PUT', path, parameters, { ...as, ...NEW, body: {} })).toEqual({
        status: 204,
      });
    }
    expect((await ask('GET', path, listOf(named()), { client: other })).body).toEqual(['one']);
    expect(jsonOf(await ask('GET', path, named()))).toEqual({ a: 1 });
  });

  it('refuses parameters that are missing, wrong or unknown, and changes nothing', async () => {
    const id = path === STATE ? 'stateId' : 'profileId';
    await ask('POST', path, named(), { body: { a: 1 } });
    const before = await rows();
    const { [id]: _, ...unnamed } = named() as Record<string, string>;
    const everywhere: Record<string, string>[] = [
      { ...named(), foo: 'bar' },
      { ...named(), [id.toUpperCase()]: 'x' },
      { ...named(), [id]: '' },
      ...Object.keys(unnamed).map((name) => {
        const { [name]: _, ...rest } = named() as Record<string, string>;
        return rest;
      }),
      ...('agent' in unnamed ? ['true', 'not JSON', '{}', '[]'] : []).map((agent) => ({
        ...named(),
        agent,
      })),
    ];
    for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const)
      for (const parameters of everywhere)
        expect([method, await ask(method, path, parameters, { body: { b: 1 }, ...NEW })]).toEqual([
          method,
          { status: 400, code: 'invalid-input' },
        ]);
    for (const method of ['PUT', 'POST'] as const)
      expect((await ask(method, path, unnamed, { body: {}, ...NEW })).status).toBe(400);
    expect((await ask('GET', path, { ...unnamed, since: 'true' })).status).toBe(400);
    expect((await ask('GET', path, { ...named(), since: '2026-05-04T09:00:00Z' })).status).toBe(
      400,
    );
    if (path !== STATE) expect((await ask('DELETE', path, unnamed)).status).toBe(400);
    expect(await rows()).toBe(before);
    expect(jsonOf(await ask('GET', path, named()))).toEqual({ a: 1 });
  });

  it('refuses a document that is too large, and one document too many', async () => {
    const body = Buffer.alloc(1024 * 1024 + 1, 32);
    for (const method of ['PUT', 'POST'] as const)
      expect(await ask(method, path, named(), { body, ...NEW })).toMatchObject({ status: 413 });
    expect((await ask('GET', path, named())).status).toBe(404);
    await ask('POST', path, named(), {
      body: body.subarray(1),
      headers: { 'content-type': 'a/b' },
    });
    expect((await ask('GET', path, named())).body).toHaveLength(1024 * 1024);
    await recorder.service.foundation.db.query(
      `insert into recording.document
       select ('\\x' || md5(n::text) || md5(context::text))::bytea, context, registration, id,
         '\\x00', updated, revision
       from (select * from recording.document order by updated desc limit 1) as last,
         generate_series(2, ${DOCUMENTS_MAX}) as n`,
    );
    const more = { ...named(), [path === STATE ? 'stateId' : 'profileId']: 'more' };
    expect(await ask('PUT', path, more, { body: {}, ...NEW })).toMatchObject({ status: 413 });
    const replaced = { body: {}, headers: { 'if-match': '*' } };
    expect(await ask('PUT', path, named(), replaced)).toEqual({ status: 204 });
    await recorder.service.foundation.db.query('truncate recording.document');
  });
});

describe('state', () => {
  const one = '8f1b2d3c-0000-4000-8000-00000000000a';
  const two = '8f1b2d3c-0000-4000-8000-00000000000b';
  const place = (stateId: string, registration?: string) => ({
    activityId,
    agent,
    stateId,
    ...(registration && { registration }),
  });
  const list = async (registration?: string) =>
    idsOf(await ask('GET', STATE, listOf(place('', registration))));

  it('is another in each registration, whatever the case of its UUID', async () => {
    for (const registration of [undefined, one, two])
      await ask('PUT', STATE, place('s', registration), { body: { at: registration ?? 'none' } });
    const at = async (registration?: string) =>
      jsonOf(await ask('GET', STATE, place('s', registration)));
    expect(await at()).toEqual({ at: 'none' });
    expect(await at(one.toUpperCase())).toEqual({ at: one });
    expect(await at(two)).toEqual({ at: two });
    expect(await ask('GET', STATE, place('s', 'true'))).toMatchObject({ status: 400 });
  });

  it('is listed and removed for one registration, or for all', async () => {
    await ask('PUT', STATE, place('s'), { body: {} });
    await ask('PUT', STATE, place('s', one), { body: {} });
    await ask('PUT', STATE, place('t', one), { body: {} });
    await ask('PUT', STATE, place('u', two), { body: {} });
    expect(await list(one)).toEqual(['s', 't']);
    expect(await list()).toEqual(['s', 't', 'u']);
    expect(await ask('DELETE', STATE, listOf(place('', one)))).toEqual({ status: 204 });
    expect(await list(one)).toEqual([]);
    expect(await list()).toEqual(['s', 'u']);
    expect(await ask('DELETE', STATE, listOf(place('')), { client: other })).toMatchObject({
      status: 204,
    });
    expect(await list()).toEqual(['s', 'u']);
    expect(await ask('DELETE', STATE, listOf(place('')))).toEqual({ status: 204 });
    expect(await list()).toEqual([]);
  });

  it('is not removed as a whole since a time: there is no such parameter', async () => {
    await ask('PUT', STATE, place('s'), { body: {} });
    const parameters = { ...listOf(place('')), since: '2026-05-04T09:00:00Z' };
    expect(await ask('DELETE', STATE, parameters)).toMatchObject({ status: 400 });
    expect(await list()).toEqual(['s']);
  });

  it('removed while somebody adds to it is not brought back in part', async () => {
    for (let round = 0; round < 5; round++) {
      await ask('PUT', STATE, place('s'), { body: { old: 1 } });
      await racing((n) =>
        n === RACERS / 2
          ? ask('DELETE', STATE, listOf(place('')))
          : ask('POST', STATE, place('s'), { body: { [`m${n}`]: n } }),
      );
      // Whoever came after the removal began anew; whoever came before was removed.
      const left = await ask('GET', STATE, place('s'));
      if (left.status === 200) expect(jsonOf(left)).not.toHaveProperty('old');
      await ask('DELETE', STATE, listOf(place('')));
    }
  });

  it('is one person’s by each way to name them, in each version', async () => {
    const mbox = 'mailto:amina@uni.example';
    const hash = createHash('sha1').update(mbox).digest('hex');
    const stateOf = (value: object) => ({ ...place('s'), agent: JSON.stringify(value) });
    await ask('PUT', STATE, stateOf({ mbox, name: 'Amina' }), { body: { a: 1 } });
    const byHash = stateOf({ objectType: 'Agent', mbox_sha1sum: hash.toUpperCase() });
    expect(jsonOf(await ask('GET', STATE, byHash, { version: '2.0.0' }))).toEqual({ a: 1 });
    const byOpenId = stateOf({ openid: 'https://amina.example/' });
    expect((await ask('GET', STATE, byOpenId)).status).toBe(404);
    const group = stateOf({ objectType: 'Group', mbox: 'mailto:class@uni.example' });
    expect((await ask('PUT', STATE, group, { body: {} })).status).toBe(400);
    expect((await ask('PUT', STATE, group, { body: {}, version: '2.0.0' })).status).toBe(204);
  });
});

describe('an erased learner', () => {
  it('has no documents, and begins anew if the client names them again', async () => {
    const { vault } = recorder.service.foundation;
    const state = { activityId, agent, stateId: 's' };
    const profile = { agent, profileId: 'p' };
    await ask('PUT', STATE, state, { body: { a: 1 } });
    await ask('POST', AGENT, profile, { body: { a: 1 } });
    await ask('POST', ACTIVITY, { activityId, profileId: 'p' }, { body: { a: 1 } });
    const before = await rows();
    const identity = JSON.parse(agent) as { account: { homePage: string; name: string } };
    const [alias = ''] = await vault.aliasesFor([{ provider: client.id, identity }]);
    await vault.createPerson('prs_amina');
    await vault.link('prs_amina', alias, 1);
    await vault.destroy('prs_amina');

    expect(await ask('GET', STATE, state)).toMatchObject({ status: 404 });
    expect(await ask('GET', AGENT, profile)).toMatchObject({ status: 404 });
    expect((await ask('GET', STATE, listOf(state))).body).toEqual([]);
    expect((await ask('GET', AGENT, listOf(profile))).body).toEqual([]);
    expect(await ask('DELETE', STATE, state)).toEqual({ status: 204 });
    expect(await ask('DELETE', STATE, listOf(state))).toEqual({ status: 204 });
    // What is left of them is ciphertext without a key; the activity's profile is not theirs.
    expect(await rows()).toBe(before);
    expect((await ask('GET', ACTIVITY, { activityId, profileId: 'p' })).status).toBe(200);

    expect(await ask('POST', AGENT, profile, { body: { b: 1 } })).toEqual({ status: 204 });
    expect(jsonOf(await ask('GET', AGENT, profile))).toEqual({ b: 1 });
  });
});

describe('/agents', () => {
  it('answers a person of what the request says', async () => {
    const { status, body } = await ask('GET', '/agents', {
      agent: JSON.stringify({ objectType: 'Agent', mbox: 'mailto:a@b.example', name: 'Amina' }),
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: { objectType: 'Person', mbox: ['mailto:a@b.example'], name: ['Amina'] },
    });
    expect((await ask('HEAD', '/agents', { agent })).body).toEqual({
      objectType: 'Person',
      account: [(JSON.parse(agent) as { account: object }).account],
    });
  });

  it.each([
    {},
    { agent: '{"name":"Amina","objectType":"Agent"}' },
    { agent: 'x' },
    { agent: '{"objectType":"Group","mbox":"mailto:a@b.example"}' },
    { agent: '{"mbox":"mailto:a@b.example"}', foo: 'bar' },
  ])('refuses %j', async (parameters) => {
    expect(await ask('GET', '/agents', parameters, { version: '2.0.0' })).toMatchObject({
      status: 400,
    });
  });
});

describe('/activities', () => {
  it('answers an activity also where nothing is known of it', async () => {
    expect(await ask('GET', '/activities', { activityId })).toEqual({
      status: 200,
      body: { objectType: 'Activity', id: activityId },
    });
  });

  it('answers what is known of it to whoever said it', async () => {
    const definition = { name: { en: 'Nursing' } };
    const resource = new ActivitiesResource({
      definitionOf: ({ id }, asked) =>
        Promise.resolve(id === client.id && asked === activityId ? definition : undefined),
    });
    const get = (by: Client) =>
      resource.handle({
        method: 'GET',
        parameters: { activityId },
        headers: {},
        body: Buffer.alloc(0),
        client: by,
        version: '2.0.0',
      });
    const known = { objectType: 'Activity', id: activityId };
    expect((await get(client)).body).toEqual({ ...known, definition });
    expect((await get(other)).body).toEqual(known);
  });

  it.each([
    {},
    { activityId: '' },
    { activityId: 'true' },
    { activityId: 'a:b', activityid: 'a:b' },
  ])('refuses %j', async (parameters) => {
    const refused = await ask('GET', '/activities', parameters);
    expect(refused).toEqual({ status: 400, code: 'invalid-input' });
  });
});
