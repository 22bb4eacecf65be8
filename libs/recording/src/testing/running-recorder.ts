import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { type Actor, accessTokenKey, signAccessToken } from '#access';
import type { Context, Journal, Log, StoredEntry } from '#log';
import type { KeyRing, Vault } from '#vault';
import { recording } from '../index.js';
import { client } from './samples.js';

export const PUBLIC_URL = 'http://ledger.example';
export const XAPI_SECRET = 'the-secret-of-the-university';
/** What names a client by its key, as Basic has it. */
export const basic = (id: string, secret = XAPI_SECRET): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const CATCH_UP_MS = 20_000;

/** A service as platform makes it; handed in, because contexts do not know platform. */
interface Service {
  readonly app: NestFastifyApplication;
  readonly foundation: {
    readonly db: DataSource;
    readonly log: Log;
    readonly journal: Journal;
    readonly vault: Vault;
    readonly keyRing: KeyRing;
  };
  close(): Promise<void>;
}
export type StartService = (
  definition: { readonly name: string; readonly contexts: readonly Context[] },
  settings: Readonly<Record<string, string>>,
) => Promise<Service>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body, parsed. */
  readonly json: Record<string, unknown>;
}

/** A recorder on real PostgreSQL, with one provider and one client without a source registered. */
export class RunningRecorder {
  private constructor(
    readonly service: Service,
    private readonly keysDir: string,
  ) {}

  static async start(startService: StartService, databaseUrl: string): Promise<RunningRecorder> {
    const keysDir = mkdtempSync(join(tmpdir(), 'recording-'));
    const service = await startService(
      { name: 'recorder', contexts: [recording] },
      { DATABASE_URL: databaseUrl, KEYS_DIR: keysDir, PUBLIC_URL, LOG_LEVEL: 'silent' },
    );
    const basicKeySha256 = createHash('sha256').update(XAPI_SECRET).digest('hex');
    const registration = { client, basicKeySha256, secretSha256: basicKeySha256 };
    await service.foundation.journal.append([
      { kind: 'client-registered', data: registration },
      {
        kind: 'client-registered',
        data: { ...registration, client: { ...client, id: 'empty', sources: [] } },
      },
    ]);
    const deadline = Date.now() + CATCH_UP_MS;
    while ((await service.foundation.db.query('select id from recording.client')).length < 2) {
      if (Date.now() > deadline) throw new Error('the clients never arrived');
      await sleep(20);
    }
    return new RunningRecorder(service, keysDir);
  }

  async stop(): Promise<void> {
    await this.service.close();
    rmSync(this.keysDir, { recursive: true, force: true });
  }

  async tokenFor(actor: Actor): Promise<string> {
    const key = accessTokenKey(this.service.foundation.keyRing.secret('access-tokens'));
    return `Bearer ${await signAccessToken(key, PUBLIC_URL, actor)}`;
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.service.app.inject({
      method,
      url,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload }),
    });
    const { statusCode: status, body: text } = response;
    const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status, headers: response.headers, text, json };
  }

  async size(): Promise<number> {
    return (await this.service.foundation.log.head()).size;
  }

  /** The entry at a place of the log, and what it says, opened. */
  async entryAt(seq: number): Promise<{ entry: StoredEntry; data: object | undefined }> {
    const { log, journal } = this.service.foundation;
    const [entry] = await log.read({ after: seq - 1, limit: 1 });
    if (!entry) throw new Error(`there is no entry ${seq}`);
    const [data] = await journal.open([entry]);
    return { entry, data };
  }
}
