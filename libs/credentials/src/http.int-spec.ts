import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, accessTokenKey, signAccessToken } from '#access';
import { createService, loadConfig, type Service } from '#platform';
import { createDatabase, type Database } from '#testing';
import { readStatus } from '#vc';
import { credentials } from './index.js';
import { clientOf, earning } from './testing/world.js';

const PUBLIC_URL = 'https://ledger.example';
let database: Database;
let service: Service;
let id: string;
const folder = mkdtempSync(join(tmpdir(), 'credentials-'));

beforeAll(async () => {
  database = await createDatabase();
  service = await createService(
    { name: 'issuer', contexts: [credentials] },
    loadConfig({ DATABASE_URL: database.url, KEYS_DIR: folder, LOG_LEVEL: 'silent', PUBLIC_URL }),
  );
  const { vault, journal } = service.foundation;
  const identity = { account: { homePage: 'https://aurora.example', name: '204' } };
  const [alias = ''] = await vault.aliasesFor([{ provider: 'aurora', identity }]);
  // What was earned comes before the registration of its provider: it has to wait.
  await journal.append([
    { kind: 'achievement-earned', data: { earnedId: 'ach_a' }, personal: earning(), alias },
  ]);
  await sleep(200);
  await journal.append([{ kind: 'client-registered', data: clientOf('aurora', 'Aurora') }]);
  for (let n = 0; n < 200 && id === undefined; n += 1) {
    await sleep(50);
    id = JSON.parse((await get('/v1/credentials', aurora)).body).data[0]?.id;
  }
}, 30_000);
afterAll(async () => {
  await service.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const aurora: Actor = { id: 'aurora', role: 'provider' };
const coral: Actor = { id: 'coral', role: 'provider' };
const learner: Actor = { id: 'per_a', role: 'learner' };

const headersOf = async (actor: Actor | undefined): Promise<Record<string, string>> => {
  if (!actor) return {};
  const key = accessTokenKey(service.foundation.keyRing.secret('access-tokens'));
  return { authorization: `Bearer ${await signAccessToken(key, PUBLIC_URL, actor)}` };
};
const get = async (url: string, actor?: Actor, headers: Record<string, string> = {}) =>
  service.app.inject({ url, headers: { ...headers, ...(await headersOf(actor)) } });
const revoke = async (actor: Actor | undefined, payload: object, which = id) =>
  service.app.inject({
    method: 'POST',
    url: `/v1/credentials/${which}/revoke`,
    headers: await headersOf(actor),
    payload,
  });
const isRevoked = async () => {
  const { body } = await get('/status-lists/aurora.1');
  const [row] = await database.dataSource.query<{ index: number }[]>(
    'select index from credentials.status_allocation where credential_id = $1',
    [id],
  );
  return readStatus(JSON.parse(body).credentialSubject.encodedList, row?.index ?? -1);
};

describe('what everybody can read', () => {
  it('has the DID document of an issuer', async () => {
    const { statusCode, headers, body } = await get('/issuers/aurora/did.json');
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toContain('application/did+ld+json');
    const did = 'did:web:ledger.example:issuers:aurora';
    expect(JSON.parse(body)).toEqual({
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
      id: did,
      verificationMethod: [
        {
          id: `${did}#key-1`,
          type: 'Multikey',
          controller: did,
          publicKeyMultibase: expect.stringMatching(/^z6Mk/u),
        },
      ],
      assertionMethod: [`${did}#key-1`],
    });
  });

  it('has the profile of an issuer', async () => {
    expect(JSON.parse((await get('/issuers/aurora')).body)).toMatchObject({
      id: 'did:web:ledger.example:issuers:aurora',
      type: ['Profile'],
      name: 'Aurora',
    });
  });

  it('has the status list, and says when it is the same as before', async () => {
    const { statusCode, headers, body } = await get('/status-lists/aurora.1');
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'application/vc',
      'public, no-cache',
    ]);
    expect(JSON.parse(body).id).toBe('https://ledger.example/status-lists/aurora.1');
    const again = await get('/status-lists/aurora.1', undefined, {
      'if-none-match': `"other", ${String(headers['etag'])}`,
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([
    '/issuers/nobody',
    '/issuers/nobody/did.json',
    '/issuers/aurora.1/did.json',
    '/status-lists/aurora.9',
    '/status-lists/%27%20or%201=1',
  ])('has nothing at %s', async (url) => {
    const { statusCode, body } = await get(url);
    expect([statusCode, JSON.parse(body).code]).toEqual([404, 'not-found']);
  });
});

describe('what issuers do', () => {
  it.each<[string, Actor | undefined, number]>([
    ['nobody', undefined, 401],
    ['a learner', learner, 403],
    ['an officer', { id: 'per_o', role: 'officer' }, 403],
  ])('is not for %s', async (_, actor, status) => {
    expect((await get('/v1/credentials', actor)).statusCode).toBe(status);
    expect((await revoke(actor, { reason: 'A mistake' })).statusCode).toBe(status);
  });

  it('refuses to revoke for a bad reason, for another, or what is not there', async () => {
    const tries = [
      await revoke(aurora, {}),
      await revoke(aurora, { reason: ' ' }),
      await revoke(aurora, { reason: 'x'.repeat(201) }),
      await revoke(aurora, { reason: 'A mistake', more: 1 }),
      await revoke(coral, { reason: 'A mistake' }),
      await revoke(aurora, { reason: 'A mistake' }, 'crd_nothing'),
    ];
    expect(tries.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400, 400, 404, 404]);
    expect(await isRevoked()).toBe(false);
  });

  it('revokes: the public list says so with the answer', async () => {
    const before = (await get('/status-lists/aurora.1')).headers['etag'];
    const { statusCode, body } = await revoke(aurora, { reason: 'A mistake' });
    const list = await get('/status-lists/aurora.1', undefined, {
      'if-none-match': String(before),
    });
    expect([statusCode, list.statusCode, await isRevoked()]).toEqual([200, 200, true]);
    expect(JSON.parse(body)).toEqual({ id, revokedAt: expect.stringMatching(/Z$/u) });
    expect((await revoke(aurora, { reason: 'Again' })).statusCode).toBe(409);
  });
});
