import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import { type CaseCredential, facts } from '#contracts';
import { ENVELOPE, Journal, messageOf, type StoredMessage } from '#log';
import { type AchievementStatement, readAchievementCredential } from '#vc';

interface CredentialRow extends StoredMessage {
  readonly credential_id: string;
  readonly issuer: string;
  readonly issuer_name: string | null;
  readonly is_revoked: boolean;
}

/** Credentials as an officer sees them: opened, with the state that they have now. */
@Injectable()
export class CaseCredentials {
  constructor(
    private readonly db: DataSource,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** By id; what is unknown or can no longer be opened is not among them. */
  async byId(credentialIds: readonly string[]): Promise<ReadonlyMap<string, CaseCredential>> {
    if (credentialIds.length === 0) return new Map();
    const columns = ENVELOPE.split(', ').map((column) => `c.${column}`);
    const rows = await this.db.query<CredentialRow[]>(
      `select ${columns.join(', ')}, c.credential_id, c.issuer, i.name as issuer_name,
         r.credential_id is not null as is_revoked
       from recognition.credential c
       left join recognition.institution i on i.id = c.issuer
       left join recognition.revoked r on r.credential_id = c.credential_id
       where c.credential_id = any($1)`,
      [credentialIds],
    );
    const opened = await this.journal.open(rows.map((row) => messageOf(row, 'credential-issued')));
    return new Map(
      rows.flatMap((row, n) => {
        const credential = this.#view(row, opened[n]);
        return credential ? [[row.credential_id, credential] as const] : [];
      }),
    );
  }

  /** Which of these credentials were issued to one of the aliases. */
  async heldBy(
    aliases: readonly string[],
    credentialIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await this.db.query<{ credential_id: string }[]>(
      `select credential_id from recognition.credential
       where credential_id = any($1) and alias = any($2)`,
      [credentialIds, aliases],
    );
    return new Set(rows.map(({ credential_id }) => credential_id));
  }

  #view(row: CredentialRow, opened: object | undefined): CaseCredential | undefined {
    if (opened === undefined) return undefined;
    const { credential, credit } = facts['credential-issued'].personal.parse(opened);
    const stated = readAchievementCredential(credential);
    if (!stated) return undefined;
    const { title, description, criteria, eqfLevel, workloadHours, learningOutcomes } = stated;
    const posted = credit ?? stated.credit;
    return {
      id: row.credential_id,
      title,
      description,
      issuer: { id: row.issuer, name: row.issuer_name ?? stated.issuer.name },
      issuedAt: stated.issuedAt ?? row.time.toISOString(),
      criteria,
      ...(posted === undefined ? {} : { credit: posted }),
      ...(eqfLevel === undefined ? {} : { eqfLevel }),
      ...(workloadHours === undefined ? {} : { workloadHours }),
      learningOutcomes: [...learningOutcomes],
      state: row.is_revoked ? 'withdrawn' : this.#isOver(stated) ? 'expired' : 'valid',
    };
  }

  #isOver({ validUntil }: AchievementStatement): boolean {
    return validUntil !== undefined && Date.parse(validUntil) <= this.clock.now().getTime();
  }
}
