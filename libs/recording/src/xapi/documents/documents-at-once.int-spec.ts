import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import {
  idsOf,
  jsonOf,
  listOf,
  NEW,
  RACERS,
  racing,
  sha1,
  STATE,
  statuses,
  usingDocuments,
} from '../../testing/documents.js';

const documents = usingDocuments((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const { ask } = documents;

/** What is asked of a document that somebody else may have changed. */
describe.each(documents.kinds)('%s', (path, named) => {
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
    // What was there is gone, whoever won: removed, or replaced as a whole.
    const left = await ask('GET', path, named());
    if (left.status === 200) expect(jsonOf(left)).toEqual({ n: expect.any(Number) });
    else expect(left.status).toBe(404);
  });
});
