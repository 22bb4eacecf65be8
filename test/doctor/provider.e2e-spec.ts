import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessTokenKey, signAccessToken } from '#access';
import { RegisteredClient } from '#contracts';
import { ApiClient } from '#demo';
import { createService, loadConfig, type Service } from '#platform';
import { createDatabase, type Database } from '#testing';
import { everyContext } from '../../apps/contexts.js';
import { freePort } from '../processes/ledger-process.js';
import { type Access, examine } from '../../apps/cli/src/doctor/provider.js';

const PUBLIC_URL = 'http://ledger.example';
const SOURCE = 'urn:llcl:clinic:lms';
const folder = mkdtempSync(join(tmpdir(), 'doctor-'));

let database: Database;
let service: Service;
let url: string;
let clinic: Access;
let sourceless: Access;
const others: Server[] = [];

const said = async (access: Access): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const { is, what } of examine(access)) lines.push(`${is}: ${what}`);
  return lines;
};
const lastOf = async (access: Access): Promise<string> => (await said(access)).at(-1) ?? '';

const register = async (id: string, sources: readonly string[]): Promise<Access> => {
  const key = accessTokenKey(service.foundation.keyRing.secret('access-tokens'));
  const admin = await signAccessToken(key, PUBLIC_URL, { id: 'per_a', role: 'admin' });
  const body = {
    id,
    name: `The ${id}`,
    type: 'employer',
    country: 'ES',
    homePage: 'https://clinic.example',
    sources,
    learningContext: 'non-formal',
    highestAssurance: 'assessed',
  };
  const api = new ApiClient(url);
  const options = { authorization: `Bearer ${admin}`, body };
  const client = await api.call(RegisteredClient, 'POST', '/v1/clients', options);
  return { url, key: id, secret: client.xapiSecret, clientSecret: client.clientSecret };
};

/** Something that answers and is not the ledger. */
const other = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  others.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  database = await createDatabase();
  const config = loadConfig({
    DATABASE_URL: database.url,
    KEYS_DIR: join(folder, 'keys'),
    CHECKPOINTS_DIR: join(folder, 'checkpoints'),
    PUBLIC_URL,
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  service = await createService({ name: 'ledger', contexts: everyContext(config) }, config);
  url = (await service.listen()).replace('[::1]', 'localhost');
  clinic = await register('clinic', [SOURCE]);
  sourceless = await register('sourceless', []);
  const api = new ApiClient(url);
  // Known to the recorder a moment after it is registered.
  await api.until(
    () => lastOf(sourceless),
    (line) => line.includes('source'),
  );
}, 60_000);

afterAll(async () => {
  for (const server of others) server.close();
  await service?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

describe('the doctor of a provider', () => {
  it('finds everything right, and leaves nothing in the log', async () => {
    expect(await said({ ...clinic, source: SOURCE })).toEqual([
      'right: The ledger answers, and speaks xAPI 1.0.3 and 2.0.0.',
      'right: The clocks agree.',
      expect.stringMatching(/^right: The xAPI key works: .* \(dlv_[a-z2-7]+\)\.$/u),
      'right: The token works: you are The clinic.',
      expect.stringMatching(/^right: An event of urn:llcl:clinic:lms .* \(dlv_[a-z2-7]+\)\.$/u),
    ]);
    const entries = await service.foundation.log.read({ after: -1, limit: 100 });
    // Whoever registers a client is told so by several contexts; a probe is told by none.
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.map(({ kind }) => kind)).not.toContain('learning-event');
  });

  it.each(['/xapi', '/xapi/', '/xapi/statements?a=b', '/v1/events'])(
    'takes the address of a resource: %s',
    async (path) => {
      expect(await lastOf({ ...clinic, url: `${url}${path}` })).toMatch(/^right/u);
    },
  );

  it('tells a wrong secret, and which', async () => {
    const { secret, clientSecret } = clinic;
    expect(await lastOf({ ...clinic, secret: clientSecret })).toMatch(/xAPI secret is wrong/u);
    expect(await lastOf({ ...clinic, clientSecret: secret })).toMatch(/client secret is wrong/u);
    expect(await lastOf({ ...clinic, key: 'klinik' })).toMatch(/key or the xAPI secret is wrong/u);
    expect(await lastOf({ url, token: 'x' })).toMatch(/no longer valid/u);
  });

  it('tells a source that is not registered', async () => {
    expect(await lastOf(sourceless)).toMatch(/not registered/u);
    expect(await lastOf({ ...sourceless, secret: undefined })).toMatch(/No source is registered/u);
    expect(await lastOf({ ...clinic, source: `${SOURCE}2` })).toMatch(/lms2 is not registered/u);
  });

  it('tells an address that is none, leads nowhere, or leads to somebody else', async () => {
    const page = await other((_, response) => response.end('<html>Welcome</html>'));
    const moved = await other((_, response) => {
      response.writeHead(301, { location: 'https://new.example/xapi' }).end();
    });
    expect(await lastOf({ ...clinic, url: 'ledger.example' })).toMatch(/not an address/u);
    expect(await lastOf({ ...clinic, url: `http://127.0.0.1:${await freePort()}` })).toMatch(
      /Nobody answers/u,
    );
    expect(await lastOf({ ...clinic, url: page })).toMatch(/not the ledger/u);
    expect(await lastOf({ ...clinic, url: moved })).toMatch(/leads on to https:\/\/new/u);
    expect(await lastOf({ ...clinic, url: `${url}/ledger` })).toMatch(/not this address/u);
    expect(await lastOf({ ...clinic, url: url.replace('http:', 'https:') })).toMatch(/TLS|cut/u);
  });

  it('tells a quota that is used up', async () => {
    const { db } = service.foundation;
    const quota = JSON.stringify({ quota: { eventsPerMinute: 1 } });
    await db.query('update recording.client set definition = definition || $1', [quota]);
    const api = new ApiClient(url);
    const used = await api.until(
      () => lastOf(clinic),
      (line) => line.startsWith('wrong'),
    );
    expect(used).toMatch(/quota/u);
  }, 30_000);
});
