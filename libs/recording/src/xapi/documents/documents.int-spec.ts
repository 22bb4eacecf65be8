import { describe, expect, it } from '@jest/globals';
import type { Client } from '#contracts';
import { createService, loadConfig } from '#platform';
import {
  account,
  ACTIVITY,
  AGENT,
  idsOf,
  jsonOf,
  listOf,
  NEW,
  other,
  type Parameters,
  sha1,
  STATE,
  statuses,
  usingDocuments,
} from '../../testing/documents.js';
import { client } from '../../testing/samples.js';
import { DOCUMENTS_MAX } from './documents.js';

const documents = usingDocuments((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const { ask, rows } = documents;

describe.each(documents.kinds)('%s', (path, named) => {
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
        etag: sha1(body),
        'content-security-policy': expect.stringContaining('sandbox'),
      });
      const modified = Date.parse(headers?.['last-modified'] ?? '');
      expect(modified).toBeGreaterThanOrEqual(started);
      expect(modified).toBeLessThanOrEqual(Date.now());
    }
    const known = {
      headers: { 'if-none-match': sha1(body) },
    };
    const again = await ask('GET', path, named(), known);
    expect(again).toMatchObject({ status: 304 });
    expect(again.body).toBeUndefined();
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
    await documents.db.query(`update recording.document set updated = updated - interval '1 hour'`);
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
      ...(path === AGENT
        ? []
        : [[{ ...named(), activityId: `${documents.activityId}/` }, client] as const]),
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
    await documents.db.query(
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
    await documents.db.query('truncate recording.document');
  });
});
