import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { accessTokenKey, signAccessToken } from '#access';
import { recording } from '#recording';
import { createDatabase, type Database } from '#testing';
import { loadConfig } from './config.js';
import { createService, LAST_ANSWERS_MS } from './create-service.js';

const PUBLIC_URL = 'http://ledger.example';

let database: Database;
let folder: string;

beforeAll(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), 'ending-'));
});
afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

it('a service ends in time, though somebody still sends', async () => {
  const service = await createService(
    { name: 'recorder', contexts: [recording] },
    loadConfig({
      DATABASE_URL: database.url,
      KEYS_DIR: folder,
      PUBLIC_URL,
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      PORT: '0',
    }),
  );
  const { port } = new URL(await service.listen());
  const sender = connect(Number(port), '127.0.0.1');
  const ended = new Promise((resolve) => sender.once('close', resolve));
  const key = accessTokenKey(service.foundation.keyRing.secret('access-tokens'));
  const actor = { id: 'uni', role: 'provider', organisation: 'uni' } as const;
  const token = await signAccessToken(key, PUBLIC_URL, actor);
  sender.write(
    'POST /v1/events HTTP/1.1\r\nhost: ledger.example\r\ncontent-type: application/json\r\n' +
      `authorization: Bearer ${token}\r\ncontent-length: 1000\r\n\r\n[`,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const since = performance.now();
  await service.close();
  expect(performance.now() - since).toBeLessThan(LAST_ANSWERS_MS + 5_000);
  await ended;
}, 60_000);
