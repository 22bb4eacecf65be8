import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { standards, standardsPath } from '#testing';
import { basic, PUBLIC_URL } from '../testing/running-recorder.js';
import { client, SOURCE, statement } from '../testing/samples.js';
import { usingRecorder } from '../testing/using-recorder.js';

const recorder = usingRecorder((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

const fresh = (): string => randomUUID();
const xapi = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) =>
  recorder().send(method, `/xapi/${path}`, body, {
    authorization: basic(client.id),
    'x-experience-api-version': '1.0.3',
    ...headers,
  });

describe('/xapi', () => {
  it('says in public which versions it speaks', async () => {
    const response = await recorder().send('GET', '/xapi/about');
    expect(response.json).toEqual({ version: ['1.0.3', '2.0.0'] });
    expect(response.headers['x-experience-api-version']).toBe('2.0.0');
  });

  it.each([
    ['a wrong key', basic(client.id, 'wrong'), 401],
    ['the key of a client without a source', basic('empty'), 403],
    ['nothing', undefined, 200],
  ])('takes in a form with %s this for who sends, not the header', async (_, said, status) => {
    const body = new URLSearchParams({
      ...(said === undefined ? {} : { Authorization: said }),
      'X-Experience-API-Version': '1.0.3',
      content: JSON.stringify(statement()),
    });
    const answer = await xapi('POST', 'statements?method=POST', body.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(status);
  });

  it('reads no form for who brings a wrong key in the header, whatever is in the form', async () => {
    const body = new URLSearchParams({ Authorization: basic(client.id), limit: '1' });
    const answer = await xapi('POST', 'statements?method=GET', body.toString(), {
      authorization: basic(client.id, 'wrong'),
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(401);
  });

  it('records statements as Moodle sends them, without ids, once in the ledger', async () => {
    const learners = Array.from({ length: 3 }, (_, n) =>
      statement({ actor: { account: { homePage: 'https://uni.example', name: `m${n}` } } }),
    );
    const before = await recorder().size();
    const response = await xapi('POST', 'statements', learners);
    expect(response.status).toBe(200);
    expect(response.headers['x-experience-api-version']).toBe('1.0.3');
    const ids = response.json as unknown as string[];
    expect(new Set(ids).size).toBe(3);
    expect(response.headers['link']).toBe(
      ids
        .map(
          (id, n) =>
            `<${PUBLIC_URL}/v1/ledger/recorder/entries/${before + n}>; rel="receipt"; anchor="urn:uuid:${id}"`,
        )
        .join(', '),
    );
    const again = await xapi('POST', 'statements', learners);
    // New statements to the store, nothing new to the ledger.
    expect(new Set([...ids, ...(again.json as unknown as string[])]).size).toBe(6);
    expect(again.headers['link']).toMatch(new RegExp(`entries/${before}>; rel="receipt"`, 'u'));
    expect(await recorder().size()).toBe(before + 3);
  });

  it('accepts telemetry and makes no entry of it', async () => {
    const id = fresh();
    const before = await recorder().size();
    const viewed = { verb: { id: 'http://id.tincanapi.com/verb/viewed' } };
    const response = await xapi('POST', 'statements', [
      statement({ ...viewed, id }),
      statement(viewed),
    ]);
    expect(response.json).toEqual([id, expect.stringMatching(/^[0-9a-f-]{36}$/u)]);
    expect(response.headers['link']).toBeUndefined();
    expect(await recorder().size()).toBe(before);
  });

  it('puts a statement under its id, twice alike, not twice otherwise', async () => {
    const id = fresh();
    const path = `statements?statementId=${id}`;
    expect((await xapi('PUT', path, statement())).status).toBe(204);
    expect((await xapi('PUT', path, statement({ id: id.toUpperCase() }))).status).toBe(204);
    const other = await xapi('PUT', path, statement({ result: { success: false } }));
    expect(other.json).toMatchObject({ status: 409, code: 'event-conflict' });
    expect(other.headers['x-experience-api-version']).toBe('1.0.3');
  });

  it('stores nothing of a batch that contradicts what is known; without it all is well', async () => {
    const known = statement({ id: fresh() });
    const others = [statement({ id: fresh() }), statement({ id: fresh() })];
    await xapi('POST', 'statements', known);
    const contradiction = { ...known, result: { success: false } };
    const before = await recorder().size();
    const refused = await xapi('POST', 'statements', [...others, contradiction]);
    expect(refused.json).toMatchObject({ status: 409, code: 'event-conflict' });
    expect(await recorder().size()).toBe(before);
    const taken = await xapi('POST', 'statements', [...others, known]);
    expect(taken.json).toEqual([...others, known].map((one) => (one as { id?: string }).id));
    expect((await xapi('POST', 'statements', others)).status).toBe(200);
    expect((await recorder().size()) - before).toBe(others.length);
  });

  it('voids a statement', async () => {
    const id = fresh();
    await xapi('PUT', `statements?statementId=${id}`, statement());
    const before = await recorder().size();
    const voided = {
      verb: { id: 'http://adlnet.gov/expapi/verbs/voided' },
      object: { objectType: 'StatementRef', id },
    };
    expect((await xapi('POST', 'statements', statement(voided))).status).toBe(200);
    const { entry } = await recorder().entryAt(before);
    expect(entry).toMatchObject({
      kind: 'learning-event-voided',
      data: { target: { source: SOURCE, id } },
    });
  });

  it.each([
    ['one bad statement among good ones', [statement(), statement({ hobby: 1 })], '#/1/hobby'],
    ['one bad statement alone', statement({ hobby: 1 }), '#/hobby'],
    ['a group of nobody', [statement({ actor: { objectType: 'Group' } })], '#/0/actor/member'],
    ['something else', 7, '#'],
    [
      'an id twice',
      [1, 2].map(() => statement({ id: '00000000-0000-4000-8000-000000000001' })),
      '#/1/id',
    ],
  ])('refuses %s and stores nothing', async (_, body, pointer) => {
    const before = await recorder().size();
    const response = await xapi('POST', 'statements', body);
    expect(response.json).toMatchObject({
      status: 400,
      code: 'invalid-input',
      errors: [expect.objectContaining({ pointer })],
    });
    expect(await recorder().size()).toBe(before);
  });

  it.each([
    ['a group does', { actor: { objectType: 'Group', mbox: 'mailto:a@b.example' } }],
    ['lies in the future', { timestamp: '2099-01-01T00:00:00Z' }],
  ])('stores what %s and makes no entry of it', async (_, part) => {
    const id = fresh();
    const before = await recorder().size();
    const response = await xapi('POST', 'statements', [
      statement({ id: fresh() }),
      { ...statement(part), id },
    ]);
    expect(response.status).toBe(200);
    expect((await xapi('GET', `statements?statementId=${id}`)).json).toMatchObject({ id, ...part });
    expect(await recorder().size()).toBe(before + 1);
  });

  it.each([
    ['no key', { authorization: '' }, 401, 'not-signed-in'],
    ['a token', { authorization: 'Bearer x' }, 401, 'not-signed-in'],
    ['a wrong secret', { authorization: basic(client.id, 'x') }, 401, 'invalid-client'],
    ['nobody’s key', { authorization: basic('nobody') }, 401, 'invalid-client'],
    ['no version', { 'x-experience-api-version': '' }, 400, 'invalid-input'],
    ['an old version', { 'x-experience-api-version': '0.95' }, 400, 'invalid-input'],
    ['no multipart', { 'content-type': 'multipart/mixed; boundary=x' }, 400, 'invalid-input'],
    ['text', { 'content-type': 'text/plain' }, 400, 'invalid-input'],
    ['a client without a source', { authorization: basic('empty') }, 403, 'source-not-yours'],
  ])('refuses %s', async (_, headers, status, code) => {
    const response = await xapi('POST', 'statements', [statement()], headers);
    expect(response.json).toMatchObject({ status, code });
    expect(response.headers['x-experience-api-version']).toMatch(/^(1\.0\.3|2\.0\.0)$/u);
    if (status === 401) expect(response.headers['www-authenticate']).toMatch(/^Basic/u);
  });

  it.each([
    ['without an id', 'statements', statement()],
    ['with an id that is none', 'statements?statementId=7', statement()],
    ['of a list', `statements?statementId=${fresh()}`, [statement()]],
    ['with another id inside', `statements?statementId=${fresh()}`, statement({ id: fresh() })],
  ])('refuses a PUT %s', async (_, path, body) => {
    expect((await xapi('PUT', path, body)).json).toMatchObject({ status: 400 });
  });

  it('takes the 190 statements of the Moodle plug-in’s tests: 78 are entries', async () => {
    const all = readdirSync(standardsPath('xapi/moodle')).flatMap(
      (file) => JSON.parse(standards(`xapi/moodle/${file}`)) as unknown[],
    );
    const before = await recorder().size();
    const response = await xapi('POST', 'statements', all);
    expect(response.json).toHaveLength(190);
    expect(await recorder().size()).toBe(before + 78);
  });
});
