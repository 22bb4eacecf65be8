import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { PublicUrl } from '#kernel';
import { type Fact, facts, type Message, type Topic } from '#contracts';
import { type Decided, Journal, type Projection, ProjectionHandler, type Transaction } from '#log';
import { ToCredential } from './commands.js';
import { type Certification, CredentialIssuer, type IssuerProfile } from './credential-issuer.js';
import { credentialIdOf } from './credential-id.js';
import { decisionText } from './domain/decision-text.js';
import { setRevoked } from './revocations.js';

/** How many credentials are made at once; each takes a connection for a moment. */
const AT_ONCE = 8;
const DAY_MS = 24 * 60 * 60_000;
const WITHDRAWN: Readonly<Record<Fact<'achievement-withdrawn'>['data']['reason'], string>> = {
  'no-longer-earned': 'The achievement is no longer earned.',
  'account-released': 'The account that it was earned with has changed hands.',
  'held-already': 'The holder has another credential for the same achievement.',
};
const RECOGNITION_TYPE = 'ext:RecognitionDecision';

/**
 * The policy that certifies: a credential for each achievement earned and each recognition decided,
 * and a revocation where an achievement is withdrawn. A learner who was erased gets none.
 */
@Injectable()
@ProjectionHandler()
export class IssuingProjection implements Projection {
  readonly name = 'credential-issuing';
  readonly topics: readonly Topic[] = ['achievements.v1', 'recognition.v1'];
  readonly tables: readonly string[] = [];

  constructor(
    private readonly journal: Journal,
    private readonly issuer: CredentialIssuer,
    private readonly commands: CommandBus,
    private readonly publicUrl: PublicUrl,
  ) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    const personal = await this.journal.open(batch);
    // A withdrawal waits for what was earned before it; what lies between is done together.
    let waiting: Certification[] = [];
    for (const [n, message] of batch.entries())
      switch (message.kind) {
        case 'achievement-earned':
          waiting.push(...this.#earned(message, personal[n]));
          break;
        case 'recognition-decided':
          waiting.push(...this.#decided(message, personal[n]));
          break;
        case 'achievement-withdrawn':
          await this.#issueAll(waiting, tx);
          waiting = [];
          await this.#withdrawn(message, tx);
          break;
        default:
      }
    await this.#issueAll(waiting, tx);
  }

  async #issueAll(certifications: readonly Certification[], tx: Transaction): Promise<void> {
    if (certifications.length === 0) return;
    const profiles = await profilesOf(certifications, tx);
    for (let at = 0; at < certifications.length; at += AT_ONCE) {
      const results = await Promise.allSettled(
        certifications
          .slice(at, at + AT_ONCE)
          .map((certification) =>
            this.issuer.issue(certification, profiles.get(certification.issuer)),
          ),
      );
      const failed = results.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }

  #earned(message: Message, personal: object | undefined): readonly Certification[] {
    if (personal === undefined || message.alias === undefined) return [];
    const { earnedId } = facts['achievement-earned'].data.parse(message.data);
    const earned = facts['achievement-earned'].personal.parse(personal);
    const { definition, version, provider } = earned;
    const decidedAt = new Date(message.time);
    return [
      {
        purpose: 'achievement',
        basis: earnedId,
        issuer: provider,
        alias: message.alias,
        achievement: {
          ...definition,
          id: this.publicUrl.to(`/v1/achievements/${definition.id}`),
          version: String(version),
        },
        awardedAt: new Date(earned.earnedAt),
        decidedAt,
        validUntil:
          definition.validForDays === undefined
            ? undefined
            : new Date(decidedAt.getTime() + definition.validForDays * DAY_MS),
        credit: definition.credit,
      },
    ];
  }

  #decided(message: Message, personal: object | undefined): readonly Certification[] {
    if (personal === undefined || message.alias === undefined) return [];
    const { caseId, institution } = facts['recognition-decided'].data.parse(message.data);
    const decision = facts['recognition-decided'].personal.parse(personal);
    return [
      {
        purpose: 'recognition',
        basis: caseId,
        issuer: institution,
        alias: message.alias,
        achievement: {
          ...decisionText(decision),
          id: this.publicUrl.to(`/v1/recognition/cases/${caseId}`),
          type: RECOGNITION_TYPE,
          credit: decision.credit,
        },
        awardedAt: new Date(decision.decidedAt),
        decidedAt: new Date(message.time),
      },
    ];
  }

  async #withdrawn(message: Message, tx: Transaction): Promise<void> {
    const { earnedId, reason } = facts['achievement-withdrawn'].data.parse(message.data);
    const { events }: Decided = await this.commands.execute(
      new ToCredential({
        id: credentialIdOf('achievement', earnedId),
        alias: message.alias,
        provider: message.provider,
        command: { type: 'withdraw', reason: WITHDRAWN[reason], revokedAt: message.time },
      }),
    );
    for (const { data } of events)
      await setRevoked(tx, facts['credential-revoked'].data.parse(data));
  }
}

const profilesOf = async (
  certifications: readonly Certification[],
  tx: Transaction,
): Promise<ReadonlyMap<string, IssuerProfile>> => {
  const rows = await tx.query<(IssuerProfile & { readonly id: string })[]>(
    'select id, name, url from credentials.client where id = any($1)',
    [[...new Set(certifications.map(({ issuer }) => issuer))]],
  );
  return new Map(rows.map(({ id, name, url }) => [id, { name, url }]));
};
