import { type Parts, serve } from '#testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Message, RecognitionCase } from '#contracts';
import { buildAchievementCredential } from '#vc';
import { recognition } from '../index.js';
import { RecognitionProjection } from '../recognition.projection.js';

export const NOW = '2026-11-20T08:00:00.000Z';
export const LEARNER = 'learner:per_a';
export const OTHER = 'learner:per_b';
export const OFFICER = 'officer:per_o:borealis';
export const FOREIGN = 'officer:per_f:cadence';
export const PURPOSE = 'Entry to the second year of nursing';
export const ask = { institution: 'borealis', credentialIds: ['crd_1'], purpose: PURPOSE };
export const equivalent = { finding: 'equivalent', statement: 'The same.' };
export const findings = {
  level: equivalent,
  workload: equivalent,
  quality: equivalent,
  profile: equivalent,
  learningOutcomes: equivalent,
};
export const positive = {
  outcome: 'Positive',
  findings,
  reasons: 'We found no substantial difference.',
  credit: { system: 'ECTS', value: 6 },
};
export const negative = {
  outcome: 'Negative',
  reasons: 'The clinical part is missing.',
  findings: {
    ...findings,
    profile: {
      finding: 'substantial-difference',
      statement: 'No clinical placement.',
      evidence: 'The criteria name an examination only.',
      relevance: 'The second year is clinical.',
    },
  },
};
/** A credential as the ledger issues it, without its proof. */
export const badge = (change: { readonly validUntil?: string } = {}): Record<string, unknown> => ({
  ...buildAchievementCredential({
    id: 'https://ledger.example/credentials/crd_1',
    issuer: {
      id: 'did:web:ledger.example:issuers:aurora',
      name: 'Aurora',
      url: 'https://a.example',
    },
    subjectId: 'urn:uuid:6f0d9a4e-3a4b-4f39-8a0e-4a3f3d1f8a11',
    validFrom: new Date('2026-10-16T08:00:00Z'),
    awardedAt: new Date('2026-10-16T08:00:00Z'),
    achievement: {
      id: 'https://ledger.example/v1/achievements/community-nursing',
      type: 'Course',
      name: 'Community Nursing',
      description: 'Care for people at home.',
      criteria: 'Pass the final examination.',
      credit: { system: 'ECTS', value: 6 },
      eqfLevel: 5,
      workloadHours: 150,
      learningOutcomes: ['Plans care at home'],
    },
    status: { listUrl: 'https://ledger.example/status-lists/list', index: 1 },
  }),
  ...change,
});

const projection = new RecognitionProjection();

/**
 * A learner (per_a) with a home alias and a claimed account, under which crd_1 was issued; another
 * (per_b) with crd_b; two institutions that recognise and one that does not; and the context.
 */
export class World {
  homeA = '';
  account = '';
  #carried = 0;

  private constructor(
    private readonly parts: Parts & { readonly log: { readonly entries: readonly Message[] } },
    private readonly app: NestFastifyApplication,
  ) {}

  static async create(parts: World['parts']): Promise<World> {
    const world = new World(parts, await serve(recognition, parts));
    await world.empty();
    await world.#populate();
    return world;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  get entries(): readonly Message[] {
    return this.parts.log.entries;
  }

  entriesOf(kind: Message['kind']): readonly Message[] {
    return this.entries.filter((entry) => entry.kind === kind);
  }

  async #populate(): Promise<void> {
    const { vault } = this.parts;
    this.homeA = (await vault.createPerson('per_a')).homeAlias;
    const { homeAlias } = await vault.createPerson('per_b');
    const [account = ''] = await vault.aliasesFor([
      { provider: 'aurora', identity: { account: { homePage: 'https://a.example', name: '204' } } },
    ]);
    this.account = account;
    await vault.link('per_a', account, 1);
    await this.register('aurora', false);
    await this.register('borealis', true);
    await this.register('cadence', true);
    // Issued under the account that the learner claimed, not under the home alias.
    await this.issue('crd_1');
    await this.issue('crd_b', badge(), homeAlias);
    await this.carry();
  }

  handle(batch: readonly Message[]): Promise<void> {
    return this.parts.db.transaction((transaction) => projection.handle(batch, transaction));
  }

  /** Brings what was appended meanwhile to the read model. */
  async carry(): Promise<void> {
    await this.handle(this.entries.slice(this.#carried));
    this.#carried = this.entries.length;
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
    const topics = [...new Set(this.entries.map(({ topic }) => topic))];
    for (const order of [topics, topics.toReversed()]) {
      await this.empty();
      for (const topic of order) {
        const batch = this.entries.filter((entry) => entry.topic === topic);
        await this.handle(batch);
        await this.handle(batch);
      }
      yield;
    }
  }

  register(id: string, recognises: boolean) {
    return this.parts.journal.append([
      {
        kind: 'client-registered',
        data: {
          client: {
            id,
            name: `The ${id}`,
            type: 'university',
            country: 'NO',
            homePage: `https://${id}.example`,
            sources: [],
            learningContext: 'formal',
            highestAssurance: 'assessed',
            recognises,
          },
          basicKeySha256: '',
          secretSha256: '',
        },
      },
    ]);
  }

  issue(credentialId: string, credential = badge(), alias = this.account) {
    return this.parts.journal.append([
      {
        kind: 'credential-issued',
        alias,
        provider: 'aurora',
        data: {
          ...this.#listed(credentialId),
          digest: '00',
          purpose: 'achievement',
          basis: 'earned',
        },
        personal: { credential, credit: { system: 'ECTS', value: 6 } },
      },
    ]);
  }

  revoke(credentialId: string) {
    const data = { ...this.#listed(credentialId), reason: 'Wrong examination', revokedAt: NOW };
    return this.parts.journal.append([{ kind: 'credential-revoked', alias: this.account, data }]);
  }

  async erase(person: string) {
    const aliases = [...(await this.parts.vault.aliasesOf(person))];
    await this.parts.vault.destroy(person);
    await this.parts.journal.append([{ kind: 'learner-erased', data: { person, aliases } }]);
  }

  #listed(credentialId: string) {
    return { credentialId, issuer: 'aurora', statusListId: 'list', statusListIndex: 1 };
  }

  async send(
    token: string | undefined,
    method: 'GET' | 'POST',
    path = '',
    payload?: object,
    headers: Record<string, string> = {},
  ) {
    const response = await this.app.inject({
      method,
      url: `/v1/recognition/cases${path}`,
      headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
      ...(payload && { payload }),
    });
    return { status: response.statusCode, body: response.json() };
  }

  /** A case that was made and has reached the read model. */
  async request(token = LEARNER, body: object = ask): Promise<RecognitionCase> {
    const { status, body: made } = await this.send(token, 'POST', '', body);
    if (status !== 201) throw new Error(`not made: ${made.code}`);
    await this.carry();
    return made;
  }

  decide(token: string | undefined, id: string, decision: object) {
    return this.send(token, 'POST', `/${id}/decision`, decision);
  }
}
