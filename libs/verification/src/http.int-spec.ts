import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig, type Service } from '#platform';
import { createDatabase, type Database } from '#testing';
import { verification } from './index.js';
import { didKeyIssuer, issue } from './testing/world.js';

let database: Database;
let service: Service;
const folder = mkdtempSync(join(tmpdir(), 'verification-'));

beforeAll(async () => {
  database = await createDatabase();
  service = await createService(
    { name: 'checker', contexts: [verification] },
    loadConfig({ DATABASE_URL: database.url, KEYS_DIR: folder, LOG_LEVEL: 'silent' }),
  );
}, 30_000);
afterAll(async () => {
  await service.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const post = (payload: string, type = 'application/json') =>
  service.app.inject({
    method: 'POST',
    url: '/v1/verifications',
    headers: { 'content-type': type },
    payload,
  });
const check = (credential: unknown) => post(JSON.stringify({ credential }));

describe('POST /v1/verifications', () => {
  it('checks a credential for anybody, as JSON or as text', async () => {
    const credential = await issue(await didKeyIssuer(), { id: 'urn:uuid:b' });
    for (const form of [credential, JSON.stringify(credential, null, 2)]) {
      const { statusCode, body } = await check(form);
      expect([statusCode, JSON.parse(body).verdict]).toEqual([200, 'unknown-issuer']);
    }
  });

  it('answers a hostile context with a reason, and fetches nothing', async () => {
    const { statusCode, body } = await check({ '@context': ['http://127.0.0.1:1/c'] });
    const [integrity] = JSON.parse(body).checks;
    expect([statusCode, integrity.code]).toEqual([200, 'context-unknown']);
    expect(integrity.reason).toContain('http://127.0.0.1:1/c');
  });

  it.each<[string, string, number, string]>([
    ['a body of 5 MB', JSON.stringify({ credential: 'x'.repeat(5 << 20) }), 413, 'too-large'],
    ['no body', '', 400, 'invalid-input'],
    ['half a body', '{"credential":', 400, 'malformed-json'],
    ['a list', '[]', 400, 'invalid-input'],
    ['no credential', '{}', 400, 'invalid-input'],
    ['a credential that is null', '{"credential":null}', 400, 'invalid-input'],
    ['a credential that is a number', '{"credential":1}', 400, 'invalid-input'],
    ['a credential that is a list', '{"credential":[{}]}', 400, 'invalid-input'],
    ['an empty text', '{"credential":""}', 400, 'invalid-input'],
    ['a text that is not JSON', '{"credential":"eyJ.e30.c2ln"}', 400, 'malformed-json'],
    ['a word that is not known', '{"credential":{},"more":1}', 400, 'invalid-input'],
    [
      'a deep credential',
      `{"credential":${'{"a":'.repeat(99)}1${'}'.repeat(99)}}`,
      400,
      'invalid-input',
    ],
    [
      'constructor',
      '{"credential":"{\\"constructor\\":{\\"prototype\\":{}}}"}',
      400,
      'invalid-input',
    ],
    ['__proto__ in a text', '{"credential":"{\\"__proto__\\":{}}"}', 400, 'invalid-input'],
  ])('refuses %s', async (_, payload, status, code) => {
    const { statusCode, body, headers } = await post(payload);
    expect([statusCode, JSON.parse(body).code]).toEqual([status, code]);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('refuses __proto__ in the body, and stays as it was', async () => {
    const { statusCode } = await post('{"credential":{"__proto__":{"polluted":1}}}');
    expect(statusCode).toBe(400);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('refuses what is not JSON by its type', async () => {
    expect((await post('<credential/>', 'application/xml')).statusCode).toBe(415);
  });
});
