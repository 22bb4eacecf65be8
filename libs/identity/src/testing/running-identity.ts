import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { type FixedClock, fixedClock, InMemoryLog, inMemoryVault, serve } from '#testing';
import type { Client, EntryKind } from '#contracts';
import { type Journal, SealingJournal } from '#log';
import type { Vault } from '#vault';
import { identity } from '../index.js';
import { IdentityProjection } from '../identity.projection.js';

export const NOW = '2026-06-01T08:00:00.000Z';
const TABLES = ['claim', 'claim_code', 'merge', 'merge_code', 'used_assertion', 'invitation'];

export interface Answer {
  readonly status: number;
  readonly json: Record<string, any>;
  /** The problem's code, else the status. */
  readonly said: string | number;
}

const client: Omit<Client, 'id'> = {
  name: 'Somewhere',
  type: 'university',
  country: 'ES',
  homePage: 'https://uni.example',
  sources: [],
  learningContext: 'formal',
  highestAssurance: 'assessed',
  recognises: false,
};

/** Identity behind HTTP, on a real database, with everything else in memory. */
export class RunningIdentity {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly db: DataSource,
    readonly clock: FixedClock,
    readonly vault: Vault,
    readonly log: InMemoryLog,
    readonly journal: Journal,
  ) {}

  static async start(db: DataSource): Promise<RunningIdentity> {
    const clock = fixedClock(NOW);
    const vault = inMemoryVault();
    const log = new InMemoryLog();
    for (const table of TABLES) await db.query(`truncate identity.${table}`);
    const journal = new SealingJournal(log, vault, clock);
    const app = await serve(identity({ demo: true }), { db, clock, vault, journal, log });
    return new RunningIdentity(app, db, clock, vault, log, journal);
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** `who` is a token as `serve` understands it; '' for nobody. */
  async ask(who: string, method: string, url: string, body?: object): Promise<Answer> {
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      ...(who === '' ? {} : { headers: { authorization: `Bearer ${who}` } }),
      ...(body ? { payload: body } : {}),
    });
    const json = (response.body === '' ? {} : JSON.parse(response.body)) as Record<string, any>;
    return { status: response.statusCode, json, said: json['code'] ?? response.statusCode };
  }

  async register(
    id: string,
    jwks?: Client['jwks'],
    sources: readonly string[] = [],
  ): Promise<void> {
    const data = { basicKeySha256: '', secretSha256: '' };
    await this.journal.append([
      {
        kind: 'client-registered',
        provider: id,
        data: {
          ...data,
          client: { ...client, id, sources: [...sources], ...(jwks ? { jwks } : {}) },
        },
        stream: `client-${id}`,
        version: 1,
      },
    ]);
  }

  async claim(who: string, provider: string, learner: object): Promise<Answer> {
    const asked = await this.ask(`provider:${provider}:${provider}`, 'POST', '/v1/claim-codes', {
      learner,
    });
    return this.ask(who, 'POST', '/v1/me/claims', { code: asked.json['code'] });
  }

  kinds(): readonly EntryKind[] {
    return this.log.entries.map(({ kind }) => kind);
  }

  /** As the transport does, from the beginning, an entry at a time. */
  async readLog(order: 'forwards' | 'backwards' = 'forwards'): Promise<void> {
    const entries = order === 'forwards' ? [...this.log.entries] : this.log.entries.toReversed();
    for (const entry of entries)
      await this.db.transaction((tx) => this.app.get(IdentityProjection).handle([entry], tx));
  }

  async forgetReadModels(): Promise<void> {
    for (const table of this.app.get(IdentityProjection).tables)
      await this.db.query(`truncate ${table}`);
  }

  async tryEverywhere(sql: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ row: string }[]>(sql);
    return rows.map(({ row }) => row);
  }
}
