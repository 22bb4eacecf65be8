import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, DomainError } from '#kernel';
import { type Credit, type Fact, facts } from '#contracts';
import { ENVELOPE, Journal, messageOf, type StoredMessage } from '#log';
import { readAchievementCredential } from '#vc';
import { Vault } from '#vault';
import { achievementOpportunity, recognitionOpportunity, reportsOf } from './domain/opportunity.js';
import type { LearningOpportunity, Transcript } from './domain/transcript.js';
import { Institutions } from './institutions.js';

interface CredentialRow extends StoredMessage {
  readonly credential_id: string;
  readonly issuer: string;
  readonly purpose: Fact<'credential-issued'>['data']['purpose'];
  readonly basis: string;
}
interface DecisionRow extends StoredMessage {
  readonly case_id: string;
}
type Decision = Fact<'recognition-decided'>['personal'];

/** A credential that is valid now, opened. */
interface Certified {
  readonly row: CredentialRow;
  readonly credential: Readonly<Record<string, unknown>>;
  readonly credit: Credit | undefined;
}
interface Item {
  readonly institution: string;
  readonly name: string;
  readonly opportunity: LearningOpportunity;
}

/**
 * A learner's transcript: what is certified and valid now. Withdrawn and expired credentials stay
 * out, and so does recognition that rests on a withdrawn one.
 */
@Injectable()
export class Transcripts {
  constructor(
    private readonly db: DataSource,
    private readonly journal: Journal,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly institutions: Institutions,
  ) {}

  /** Throws DomainError `profile-incomplete` without a name, `nothing-to-transfer` if empty. */
  async of(person: string): Promise<Transcript> {
    const profile = await this.vault.profile(person);
    if (!profile) throw new DomainError('profile-incomplete');
    const certified = await this.#certified(await this.vault.aliasesOf(person));
    const items = [...achievements(certified), ...(await this.#recognitions(certified))];
    if (items.length === 0) throw new DomainError('nothing-to-transfer');
    const names = new Map(items.map(({ institution, name }) => [institution, name]));
    return {
      generatedAt: this.clock.now().toISOString(),
      learner: {
        givenNames: profile.givenName,
        familyName: profile.familyName,
        birthDate: profile.birthDate,
      },
      reports: reportsOf(items, await this.institutions.named(names)),
    };
  }

  async #certified(aliases: readonly string[]): Promise<readonly Certified[]> {
    const rows = await this.db.query<CredentialRow[]>(
      `select ${ENVELOPE}, credential_id, issuer, purpose, basis from transfer.credential
       where alias = any($1)
         and credential_id not in (select credential_id from transfer.revoked)`,
      [aliases],
    );
    const opened = await this.journal.open(rows.map((row) => messageOf(row, 'credential-issued')));
    return rows.flatMap((row, n) => {
      if (opened[n] === undefined) return [];
      const { credential, credit } = facts['credential-issued'].personal.parse(opened[n]);
      return this.#isOver(credential['validUntil']) ? [] : [{ row, credential, credit }];
    });
  }

  #isOver(validUntil: unknown): boolean {
    return typeof validUntil === 'string' && Date.parse(validUntil) <= this.clock.now().getTime();
  }

  async #recognitions(certified: readonly Certified[]): Promise<readonly Item[]> {
    const recognised = certified.filter(({ row }) => row.purpose === 'recognition');
    const decisions = await this.#decisions(recognised.map(({ row }) => row.basis));
    const withdrawn = await this.#withdrawn(
      [...decisions.values()].flatMap(({ credentialIds }) => credentialIds),
    );
    return recognised.flatMap(({ row }) => {
      const decision = decisions.get(row.basis);
      if (!decision || decision.credentialIds.some((id) => withdrawn.has(id))) return [];
      const opportunity = recognitionOpportunity({
        ...decision,
        caseId: row.basis,
        credentialId: row.credential_id,
      });
      return opportunity ? [{ institution: row.issuer, name: row.issuer, opportunity }] : [];
    });
  }

  async #decisions(caseIds: readonly string[]): Promise<ReadonlyMap<string, Decision>> {
    const rows = await this.db.query<DecisionRow[]>(
      `select ${ENVELOPE}, case_id from transfer.decision where case_id = any($1)`,
      [caseIds],
    );
    const opened = await this.journal.open(
      rows.map((row) => messageOf(row, 'recognition-decided')),
    );
    return new Map(
      rows.flatMap(({ case_id }, n) =>
        opened[n] === undefined
          ? []
          : [[case_id, facts['recognition-decided'].personal.parse(opened[n])] as const],
      ),
    );
  }

  async #withdrawn(credentialIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.db.query<{ credential_id: string }[]>(
      'select credential_id from transfer.revoked where credential_id = any($1)',
      [credentialIds],
    );
    return new Set(rows.map(({ credential_id }) => credential_id));
  }
}

const achievements = (certified: readonly Certified[]): readonly Item[] =>
  certified.flatMap(({ row, credential, credit }) => {
    const stated =
      row.purpose === 'achievement' ? readAchievementCredential(credential) : undefined;
    if (!stated) return [];
    const opportunity = achievementOpportunity({
      ...stated,
      credentialId: row.credential_id,
      type: stated.achievementType,
      credit: credit ?? stated.credit,
      date: firstTime(credential['awardedDate'], stated.issuedAt) ?? row.time.toISOString(),
    });
    return [{ institution: row.issuer, name: stated.issuer.name, opportunity }];
  });

/** The first that is a time, in UTC. */
const firstTime = (...candidates: readonly unknown[]): string | undefined => {
  const time = candidates
    .map((candidate) => (typeof candidate === 'string' ? Date.parse(candidate) : Number.NaN))
    .find((milliseconds) => !Number.isNaN(milliseconds));
  return time === undefined ? undefined : new Date(time).toISOString();
};
