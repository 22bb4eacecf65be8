import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { base32 } from '#kernel';
import type { Claim, Fact } from '#contracts';
import type { Transaction } from '#log';
import { KeyRing, Vault } from '#vault';
import { restorableUntil } from './domain/alias.js';
import type { Persons } from './people.js';

const ID_BYTES = 16;

interface ClaimRow {
  readonly person: string;
  readonly alias: string;
  readonly provider: string;
  readonly name: string | null;
  readonly claimed_at: Date;
  readonly released_at: Date | null;
  readonly released_by: 'learner' | 'provider' | null;
}

/**
 * Which accounts are, and were, whose. Decisions are carried out here by their version in the
 * alias' stream: by the request that made them, so that it sees its effect, and by whoever reads
 * the log, should the request have died. An older one changes nothing.
 */
@Injectable()
export class Claims {
  readonly #key: Uint8Array;

  constructor(
    private readonly db: DataSource,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(KeyRing) keyRing: KeyRing,
  ) {
    this.#key = keyRing.secret('claims');
  }

  /** The public id of a claim: an alias is not shown, nor does anybody else's lead to it. */
  idOf(person: string, alias: string): string {
    const mac = createHmac('sha256', this.#key)
      .update(JSON.stringify([person, alias]))
      .digest();
    return `clm_${base32(mac.subarray(0, ID_BYTES))}`;
  }

  /** The alias of a claim that is or was theirs. */
  async aliasOf(persons: Persons, id: string): Promise<string | undefined> {
    const rows = await this.db.query<{ person: string; alias: string }[]>(
      'select person, alias from identity.claim where person = any($1)',
      [persons],
    );
    return rows.find(({ person, alias }) => this.idOf(person, alias) === id)?.alias;
  }

  /**
   * Those of a person, earlier first; only the one with the alias if one is given. What several who
   * were merged have claimed is shown once, as it was decided last.
   */
  async of(persons: Persons, alias?: string): Promise<Claim[]> {
    const rows = await this.db.query<ClaimRow[]>(
      `select * from (
         select distinct on (c.alias) c.person, c.alias, c.provider, i.name, c.claimed_at,
           c.released_at, c.released_by
         from identity.claim c left join identity.institution i on i.id = c.provider
         where c.person = any($1) and ($2::text is null or c.alias = $2)
         order by c.alias, c.version desc
       ) latest order by claimed_at, alias`,
      [persons, alias ?? null],
    );
    return rows.map((row) => this.#shown(row));
  }

  /** Carries out a claim. */
  async claimed(
    { person, alias, provider }: Fact<'alias-claimed'>['data'],
    version: number,
    time: string,
    db: DataSource | Transaction = this.db,
  ): Promise<void> {
    await this.vault.link(person, alias, version);
    await db.query(
      `insert into identity.claim as known (person, alias, provider, claimed_at, version)
       values ($1, $2, $3, $4, $5)
       on conflict (person, alias) do update set
         claimed_at = case when known.version < excluded.version then excluded.claimed_at
           else least(known.claimed_at, excluded.claimed_at) end,
         released_at = null, released_by = null, version = excluded.version
       where known.version <= excluded.version`,
      [person, alias, provider, time, version],
    );
  }

  /**
   * Carries out a release. The codes with which it was claimed no longer serve where the provider
   * took it back, whoever of those who are one has used them.
   */
  async released(
    { person, alias, by, releasedAt }: Fact<'alias-released'>['data'],
    version: number,
    time: string,
    db: DataSource | Transaction = this.db,
  ): Promise<void> {
    await this.vault.unlink(alias, version);
    await db.query(
      `update identity.claim set released_at = $3, released_by = $4, version = $5
       where person = $1 and alias = $2 and version < $5`,
      [person, alias, releasedAt ?? time, by ?? 'learner', version],
    );
    if (by === 'provider') await forgetUsedCodes(db, alias);
  }

  /** Carries out that nobody has it, by its provider's word: whoever had it cannot undo their release. */
  async takenBack(
    { alias, takenBackAt }: Fact<'account-taken-back'>['data'],
    version: number,
    db: DataSource | Transaction = this.db,
  ): Promise<void> {
    await db.query(
      `update identity.claim set released_at = coalesce(released_at, $2), released_by = 'provider',
         version = $3
       where alias = $1 and version < $3`,
      [alias, takenBackAt, version],
    );
    await forgetUsedCodes(db, alias);
  }

  #shown(row: ClaimRow): Claim {
    const { person, alias, provider, name, claimed_at, released_at, released_by } = row;
    const releasedAt = released_at?.toISOString();
    const until = restorableUntil({ by: released_by ?? undefined, releasedAt });
    return {
      id: this.idOf(person, alias),
      provider,
      providerName: name ?? provider,
      claimedAt: claimed_at.toISOString(),
      state: releasedAt === undefined ? 'claimed' : 'released',
      ...(releasedAt === undefined ? {} : { releasedAt }),
      ...(until === undefined ? {} : { restorableUntil: until }),
    };
  }
}

const forgetUsedCodes = (db: DataSource | Transaction, alias: string): Promise<unknown> =>
  db.query('delete from identity.claim_code where alias = $1 and used_by is not null', [alias]);
