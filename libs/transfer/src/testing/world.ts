import { type Parts, serve } from '#testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Client, Credit, Message, Outcome } from '#contracts';
import { type AchievementParts, buildAchievementCredential } from '#vc';
import { transfer } from '../index.js';
import { TransferProjection } from '../transfer.projection.js';

export const NOW = '2026-11-25T10:00:00.000Z';
export const ECTS_6: Credit = { system: 'ECTS', value: 6 };
export const AURORA: Client = {
  id: 'aurora',
  name: 'Aurora Åpen & <Fri>',
  type: 'university',
  country: 'ES',
  city: 'Zaragoza',
  homePage: 'https://www.aurora.example/start',
  sources: [],
  learningContext: 'formal',
  highestAssurance: 'assessed',
  recognises: false,
};
export const BOREALIS: Client = {
  ...AURORA,
  id: 'borealis',
  name: 'Borealis University',
  country: 'NO',
  homePage: 'https://borealis.example',
  recognises: true,
};

export interface Issue {
  readonly issuer?: string;
  readonly alias?: string;
  readonly purpose?: 'achievement' | 'recognition';
  readonly basis?: string;
  readonly validUntil?: string;
  readonly credential?: Record<string, unknown>;
  readonly achievement?: Partial<AchievementParts>;
}

const projection = new TransferProjection();

/** A learner (per_a) with a home alias and a claimed account, two institutions, and the context. */
export class World {
  homeAlias = '';
  account = '';
  #carried = 0;

  private constructor(
    private readonly parts: Parts & { readonly log: { readonly entries: readonly Message[] } },
    private readonly app: NestFastifyApplication,
  ) {}

  static async create(parts: World['parts']): Promise<World> {
    const world = new World(parts, await serve(transfer, parts));
    await world.empty();
    world.homeAlias = (await parts.vault.createPerson('per_a')).homeAlias;
    const [account = ''] = await parts.vault.aliasesFor([
      { provider: 'aurora', identity: { account: { homePage: 'https://a.example', name: '204' } } },
    ]);
    world.account = account;
    await parts.vault.link('per_a', account, 1);
    await world.register(AURORA);
    await world.register(BOREALIS);
    await parts.vault.putProfile('per_a', {
      givenName: 'Amina & Éva',
      familyName: 'Diallo <مرحبا>',
      birthDate: '1990-02-28',
    });
    return world;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  handle(batch: readonly Message[]): Promise<void> {
    return this.parts.db.transaction((transaction) => projection.handle(batch, transaction));
  }

  empty(): Promise<void> {
    return this.parts.db.query(`truncate ${projection.tables.join(', ')}`);
  }

  /** Everything that the read model holds. */
  async rows(): Promise<string> {
    const tables = projection.tables.map((table) => `select * from ${table} order by 1`);
    return JSON.stringify(await Promise.all(tables.map((sql) => this.parts.db.query(sql))));
  }

  /** The log taken in anew, topic by topic in the order given and reversed, each message twice. */
  async *replays(): AsyncGenerator<void> {
    const { entries } = this.parts.log;
    const topics = [...new Set(entries.map(({ topic }) => topic))];
    for (const order of [topics, topics.toReversed()]) {
      await this.empty();
      for (const topic of order) {
        const batch = entries.filter((entry) => entry.topic === topic);
        await this.handle(batch);
        await this.handle(batch);
      }
      yield;
    }
  }

  register(client: Client) {
    const data = { client, basicKeySha256: '', secretSha256: '' };
    return this.parts.journal.append([{ kind: 'client-registered', data }]);
  }

  issue(credentialId: string, options: Issue = {}) {
    const { issuer = 'aurora', alias = this.account, purpose = 'achievement' } = options;
    const achievement: AchievementParts = {
      id: 'https://ledger.example/achievements/community-nursing',
      type: 'Course',
      name: 'Community Nursing, module 1',
      description: 'Care for people at home.',
      criteria: 'Pass the final examination.',
      language: 'en',
      credit: ECTS_6,
      eqfLevel: 5,
      iscedF: '0913',
      workloadHours: 150,
      learningOutcomes: ['Plans care at home'],
      ...options.achievement,
    };
    const credential = buildAchievementCredential({
      id: `https://ledger.example/credentials/${credentialId}`,
      issuer: {
        id: `did:web:ledger.example:issuers:${issuer}`,
        name: issuer,
        url: 'https://x.example',
      },
      subjectId: 'urn:uuid:6f0d9a4e-3a4b-4f39-8a0e-4a3f3d1f8a11',
      validFrom: new Date('2026-10-20T08:00:00Z'),
      validUntil: options.validUntil === undefined ? undefined : new Date(options.validUntil),
      awardedAt: new Date('2026-10-16T23:30:00Z'),
      achievement,
      status: { listUrl: 'https://ledger.example/status-lists/list', index: 1 },
    });
    return this.parts.journal.append([
      {
        kind: 'credential-issued',
        alias,
        provider: issuer,
        data: {
          ...listed(credentialId, issuer),
          digest: '00',
          purpose,
          basis: options.basis ?? 'earned',
        },
        personal: {
          credential: options.credential ?? { ...credential },
          ...(achievement.credit && { credit: achievement.credit }),
        },
      },
    ]);
  }

  revoke(credentialId: string, issuer = 'aurora') {
    const data = { ...listed(credentialId, issuer), reason: 'Wrong examination', revokedAt: NOW };
    return this.parts.journal.append([{ kind: 'credential-revoked', alias: this.account, data }]);
  }

  /** A decision and the credential that certifies it. */
  async recognise(caseId: string, outcome: Outcome, credentialIds: string[], credit?: Credit) {
    const finding = { finding: 'equivalent', statement: '', evidence: '', relevance: '' } as const;
    await this.parts.journal.append([
      {
        kind: 'recognition-decided',
        alias: this.homeAlias,
        provider: 'borealis',
        data: { caseId, institution: 'borealis', officer: 'per_o' },
        personal: {
          outcome,
          findings: {
            level: finding,
            workload: finding,
            quality: finding,
            profile: finding,
            learningOutcomes: finding,
          },
          reasons: 'Secret reasons.',
          ...(credit && { credit }),
          credentialIds,
          purpose: 'Secret purpose.',
          titles: ['Community Nursing, module 1'],
          decidedAt: '2026-11-20T08:00:00.000Z',
        },
      },
    ]);
    const alias = this.homeAlias;
    await this.issue(`crd_${caseId}`, {
      issuer: 'borealis',
      alias,
      purpose: 'recognition',
      basis: caseId,
    });
  }

  async erase(person: string) {
    const aliases = [...(await this.parts.vault.aliasesOf(person))];
    await this.parts.vault.destroy(person);
    await this.parts.journal.append([{ kind: 'learner-erased', data: { person, aliases } }]);
  }

  /** Brings what was appended meanwhile to the read model, and asks for the transcript. */
  async ask(token: string | undefined = 'learner:per_a', path = '', accept = 'application/xml') {
    const { entries } = this.parts.log;
    await this.handle(entries.slice(this.#carried));
    this.#carried = entries.length;
    const { statusCode, headers, body } = await this.app.inject({
      method: 'GET',
      url: `/v1/me/transcript${path}`,
      headers: { accept, ...(token && { authorization: `Bearer ${token}` }) },
    });
    return { status: statusCode, headers, text: body };
  }
}

const listed = (credentialId: string, issuer: string) => ({
  credentialId,
  issuer,
  statusListId: 'list',
  statusListIndex: 1,
});
