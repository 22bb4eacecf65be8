import { type Parts, serve } from '#testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EntryKind, LearningEventData, Message } from '#contracts';
import { type Log, type NewFact, SealingJournal } from '#log';
import { wallet } from '../index.js';
import { WalletProjection } from '../wallet.projection.js';

type Answer = { readonly status: number; readonly headers: Record<string, unknown> } & {
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the body holds is asserted on
  readonly body: any;
};

/** The wallet, the log that feeds it, and people who ask. */
export class World {
  #place = -1;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly journal: SealingJournal,
    private readonly parts: Omit<Parts, 'journal'> & { readonly log: Log },
  ) {}

  static async create(parts: World['parts']): Promise<World> {
    const journal = new SealingJournal(parts.log, parts.vault, parts.clock);
    const world = new World(await serve(wallet, { ...parts, journal }), journal, parts);
    await world.rebuild();
    await parts.db.query('truncate wallet.share_view');
    return world;
  }

  get projection(): WalletProjection {
    return this.app.get(WalletProjection);
  }

  handle(batch: readonly Message[]): Promise<void> {
    return this.parts.db.transaction((tx) => this.projection.handle(batch, tx));
  }

  /** Brings to the wallet what was appended since. */
  async carry(): Promise<void> {
    const among = { topics: this.projection.topics, within: 10_000 };
    const batch = await this.parts.log.read({ after: this.#place, limit: 10_000, among });
    this.#place = batch.at(-1)?.seq ?? this.#place;
    await this.handle(batch);
  }

  /** Carries by itself, as a transport does, until the work is done. */
  async carrying<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    const finished = work.finally(() => done.abort());
    while (!done.signal.aborted) {
      await this.carry();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return finished;
  }

  async rebuild(): Promise<void> {
    this.#place = -1;
    for (const table of this.projection.tables) await this.parts.db.query(`truncate ${table}`);
  }

  async ask(
    token: string | undefined,
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await this.app.inject({
      method,
      url,
      ...(payload ? { payload } : {}),
      headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    });
    const body = response.body === '' ? undefined : (JSON.parse(response.body) as unknown);
    return { status: response.statusCode, headers: response.headers, body };
  }

  state<K extends EntryKind>(...facts: NewFact<K>[]) {
    return this.journal.append(facts);
  }

  learned(
    alias: string,
    eventId: string,
    time: string,
    data: Partial<LearningEventData> = {},
    provider = 'uni',
    supersedes?: string,
  ) {
    return this.state<'learning-event'>({
      kind: 'learning-event',
      alias,
      provider,
      time: new Date(time),
      data: {
        eventSource: `urn:llcl:${provider}:lms`,
        eventId,
        ...(supersedes === undefined
          ? {}
          : { supersedes: { source: 'urn:llcl:uni:lms', id: supersedes } }),
      },
      personal: {
        activity: { id: 'https://uni.example/x', type: 'course', name: { en: eventId } },
        verb: 'passed',
        learningContext: 'formal',
        assurance: { level: 'assessed' },
        ...data,
      },
    });
  }

  /** Whose it is, a void does not say. */
  voided(id: string, provider = 'uni') {
    return this.state<'learning-event-voided'>({
      kind: 'learning-event-voided',
      provider,
      data: {
        eventSource: `urn:llcl:${provider}:lms`,
        eventId: `void-${id}-${provider}`,
        target: { source: 'urn:llcl:uni:lms', id },
        reason: 'entered-in-error',
      },
    });
  }

  issued(alias: string, credentialId: string, credential: object = {}) {
    return this.state<'credential-issued'>({
      kind: 'credential-issued',
      alias,
      data: {
        credentialId,
        issuer: 'uni',
        statusListId: 'one',
        statusListIndex: 7,
        digest: 'ab',
        purpose: 'achievement',
        basis: 'ach_1',
      },
      personal: {
        credential: {
          validFrom: '2026-05-01T00:00:00Z',
          credentialSubject: { achievement: { name: credentialId } },
          ...credential,
        },
        credit: { system: 'ECTS', value: 6 },
      },
    });
  }

  revoked(alias: string, credentialId: string) {
    return this.state<'credential-revoked'>({
      kind: 'credential-revoked',
      alias,
      data: {
        credentialId,
        issuer: 'uni',
        statusListId: 'one',
        statusListIndex: 7,
        reason: 'Recorded in error',
        revokedAt: '2026-05-20T00:00:00.000Z',
      },
    });
  }

  registered(id: string, name: string) {
    return this.state<'client-registered'>({
      kind: 'client-registered',
      data: {
        client: {
          id,
          name,
          type: 'university',
          country: 'ES',
          homePage: `https://${id}.example`,
          sources: [],
          learningContext: 'formal',
          highestAssurance: 'assessed',
          recognises: false,
        },
        basicKeySha256: '',
        secretSha256: '',
      },
    });
  }

  async erase(person: string): Promise<void> {
    const aliases = await this.parts.vault.aliasesOf(person);
    await this.state<'learner-erased'>({
      kind: 'learner-erased',
      data: { person, aliases: [...aliases] },
    });
    await this.parts.vault.destroy(person);
  }
}
