import { Global, Module, type Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { Clock, PublicUrl, UnavailableError } from '#kernel';
import type { EntryKind, Fact, Message } from '#contracts';
import {
  type Appended,
  Journal,
  type Log,
  type NewFact,
  type Projection,
  SealingJournal,
} from '#log';
import { KeyRing, Vault } from '#vault';
import { CredentialsModule } from '../credentials.module.js';
import { IssuedProjection } from '../issued.projection.js';
import { IssuingProjection } from '../issuing.projection.js';
import { RegistrationProjection } from '../registration.projection.js';

class Keys extends KeyRing {
  secret(): Uint8Array {
    return new Uint8Array(32).fill(7);
  }
}

/** A journal whose log can go away. */
class FragileJournal extends SealingJournal {
  isAway = false;

  override append(facts: readonly NewFact[]): Promise<readonly Appended[]> {
    return this.isAway ? Promise.reject(new UnavailableError('the log')) : super.append(facts);
  }
}

/** What a world stands on: a real database, and the rest as a test wants it. */
export interface Parts {
  readonly db: DataSource;
  readonly clock: Clock & { set(iso: string): void };
  readonly vault: Vault;
  readonly log: Log & { readonly entries: readonly Message[] };
}

/** The context on given parts, and hands that carry messages. */
export class World {
  readonly db: DataSource;
  readonly clock: Parts['clock'];
  readonly vault: Vault;
  readonly log: Parts['log'];
  readonly journal: FragileJournal;
  readonly publicUrl = new PublicUrl('https://ledger.example');
  #app: TestingModule | undefined;

  constructor({ db, clock, vault, log }: Parts) {
    this.db = db;
    this.clock = clock;
    this.vault = vault;
    this.log = log;
    this.journal = new FragileJournal(log, vault, clock);
  }

  async start(): Promise<this> {
    const globals = [
      { provide: DataSource, useValue: this.db },
      { provide: Vault, useValue: this.vault },
      { provide: Journal, useValue: this.journal },
      { provide: Clock, useValue: this.clock },
      { provide: KeyRing, useValue: new Keys() },
      { provide: PublicUrl, useValue: this.publicUrl },
    ];
    @Global()
    @Module({ providers: globals, exports: globals })
    class Globals {}
    this.#app = await Test.createTestingModule({
      imports: [CqrsModule.forRoot(), Globals, CredentialsModule],
    }).compile();
    await this.#app.init();
    return this;
  }

  get<T>(type: Type<T>): T {
    if (!this.#app) throw new Error('start it first');
    return this.#app.get(type);
  }

  /** A new process over the same database and log: nothing in memory is left. */
  async restart(): Promise<void> {
    await this.start();
  }

  newAlias(provider = 'aurora', name = String(Math.random())): Promise<string> {
    const identity = { account: { homePage: 'https://a.example', name } };
    return this.vault.aliasesFor([{ provider, identity }]).then(([alias]) => alias ?? '');
  }

  async say<Kind extends EntryKind>(fact: NewFact<Kind>): Promise<Message> {
    const [appended] = await this.journal.append([fact]);
    return this.log.entries[appended?.seq ?? -1] as Message;
  }

  handle(projection: Projection, batch: readonly Message[]): Promise<void> {
    return this.db.transaction((tx) => projection.handle(batch, tx));
  }

  /** Brings the whole log to the projections, as often as it takes. */
  async carry(): Promise<void> {
    const projections: readonly Projection[] = [
      this.get(RegistrationProjection),
      this.get(IssuingProjection),
      this.get(IssuedProjection),
    ];
    for (let size = -1; size !== this.log.entries.length;) {
      size = this.log.entries.length;
      for (const projection of projections) {
        const batch = this.log.entries.filter(({ topic }) => projection.topics.includes(topic));
        await this.handle(projection, batch);
      }
    }
  }

  async rebuild(): Promise<void> {
    for (const type of [RegistrationProjection, IssuingProjection, IssuedProjection])
      for (const table of this.get<Projection>(type).tables)
        await this.db.query(`truncate ${table}`);
    await this.carry();
  }

  facts<Kind extends EntryKind>(kind: Kind): readonly Fact<Kind>['data'][] {
    return this.log.entries
      .filter((entry) => entry.kind === kind)
      .map(({ data }) => data as Fact<Kind>['data']);
  }

  async credentials(): Promise<readonly Fact<'credential-issued'>['personal'][]> {
    const issued = this.log.entries.filter(({ kind }) => kind === 'credential-issued');
    return (await this.journal.open(issued)) as Fact<'credential-issued'>['personal'][];
  }
}

export const clientOf = (id: string, name: string): Fact<'client-registered'>['data'] => ({
  client: {
    id,
    name,
    type: 'university',
    country: 'ES',
    homePage: `https://${id}.example`,
    sources: [],
    learningContext: 'formal',
    highestAssurance: 'quality-assured',
    recognises: true,
  },
  basicKeySha256: 'x',
  secretSha256: 'y',
});

export const earning = (
  change: Partial<Fact<'achievement-earned'>['personal']['definition']> = {},
): Fact<'achievement-earned'>['personal'] => ({
  definition: {
    id: 'community-nursing',
    name: 'Community Nursing, module 1',
    description: 'Care at home.',
    criteria: 'Pass the final examination.',
    type: 'Course',
    rule: { passed: 'https://aurora.example/x' },
    leastAssurance: 'assessed',
    credit: { system: 'ECTS', value: 6 },
    eqfLevel: 5,
    workloadHours: 150,
    learningOutcomes: ['Plans care at home'],
    language: 'en',
    ...change,
  },
  version: 1,
  provider: 'aurora',
  earnedAt: '2026-06-11T08:00:00.000Z',
  evidence: ['evt_a'],
});

export const decision: Fact<'recognition-decided'>['personal'] = {
  outcome: 'Positive',
  findings: {
    level: { finding: 'equivalent', statement: 'Both EQF 5.', evidence: '', relevance: '' },
    workload: { finding: 'equivalent', statement: '', evidence: '', relevance: '' },
    quality: { finding: 'equivalent', statement: '', evidence: '', relevance: '' },
    profile: { finding: 'equivalent', statement: '', evidence: '', relevance: '' },
    learningOutcomes: { finding: 'equivalent', statement: '', evidence: '', relevance: '' },
  },
  reasons: 'No substantial difference.',
  credit: { system: 'ECTS', value: 6 },
  credentialIds: ['crd_a'],
  purpose: 'Entry to year two',
  titles: ['Community Nursing, module 1'],
  decidedAt: '2026-06-12T09:00:00.000Z',
};
