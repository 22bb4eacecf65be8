import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import type { Fact, WalletCredential } from '#contracts';
import { ENVELOPE, Journal, messageOf, type StoredMessage } from '#log';
import { readBadge } from './domain/badge.js';

interface CredentialRow extends StoredMessage {
  readonly credential_id: string;
  readonly issuer: string;
  readonly issuer_name: string | null;
  readonly purpose: 'achievement' | 'recognition';
  readonly revoked_at: Date | null;
  readonly reason: string | null;
}
type Issued = Fact<'credential-issued'>['personal'];

/** A credential and what is known of it, opened. */
export interface HeldCredential {
  readonly shown: WalletCredential;
  /** As it was signed. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** The credentials in learners' wallets. */
@Injectable()
export class Credentials {
  constructor(
    private readonly db: DataSource,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Those of the aliases, newest first. */
  async of(aliases: readonly string[]): Promise<readonly HeldCredential[]> {
    const held = await this.#open('c.alias = any($1)', [aliases]);
    return held.toSorted(
      ({ shown: a }, { shown: b }) =>
        Date.parse(b.issuedAt) - Date.parse(a.issuedAt) || (a.id < b.id ? -1 : 1),
    );
  }

  /** One of the aliases' own; undefined if it is not. */
  async one(aliases: readonly string[], id: string): Promise<HeldCredential | undefined> {
    const [held] = await this.#open('c.alias = any($1) and c.credential_id = $2', [aliases, id]);
    return held;
  }

  /** Those with these ids, in their order, whosever they are. Without those that were erased. */
  async byIds(ids: readonly string[]): Promise<readonly HeldCredential[]> {
    const held = await this.#open('c.credential_id = any($1)', [ids]);
    const byId = new Map(held.map((each) => [each.shown.id, each]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Which of the ids are the aliases' own. */
  async heldOf(aliases: readonly string[], ids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }[]>(
      `select credential_id as id from wallet.credential
       where alias = any($1) and credential_id = any($2)`,
      [aliases, ids],
    );
    return rows.map(({ id }) => id);
  }

  async #open(where: string, parameters: unknown[]): Promise<readonly HeldCredential[]> {
    const columns = ENVELOPE.split(', ').map((column) => `c.${column}`);
    const rows = await this.db.query<CredentialRow[]>(
      `select ${columns.join(', ')}, c.credential_id, c.issuer, c.purpose,
         p.name as issuer_name, r.revoked_at, r.reason
       from wallet.credential c
       left join wallet.party p on p.id = c.issuer
       left join wallet.revoked r on r.credential_id = c.credential_id
       where ${where}`,
      parameters,
    );
    const opened = await this.journal.open(rows.map((row) => messageOf(row, 'credential-issued')));
    return rows.flatMap((row, n) => {
      const issued = opened[n] as Issued | undefined;
      return issued ? [held(row, issued, this.clock.now())] : [];
    });
  }
}

const held = (row: CredentialRow, { credential, credit }: Issued, now: Date): HeldCredential => {
  const { title, validFrom, validUntil, eqfLevel } = readBadge(credential);
  const { revoked_at: revokedAt, reason } = row;
  const isExpired = validUntil !== undefined && Date.parse(validUntil) <= now.getTime();
  const shown: WalletCredential = {
    id: row.credential_id,
    title: title ?? row.credential_id,
    issuer: { id: row.issuer, name: row.issuer_name ?? row.issuer },
    purpose: row.purpose,
    issuedAt: validFrom ?? row.time.toISOString(),
    state: revokedAt ? 'withdrawn' : isExpired ? 'expired' : 'valid',
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(revokedAt ? { withdrawnAt: revokedAt.toISOString() } : {}),
    ...(reason === null ? {} : { withdrawnReason: reason }),
    ...(credit ? { credit } : {}),
    ...(eqfLevel === undefined ? {} : { eqfLevel }),
  };
  return { shown, document: credential };
};
