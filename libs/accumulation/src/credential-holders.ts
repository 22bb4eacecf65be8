import { Injectable } from '@nestjs/common';
import type { Transaction } from '#log';
import { Vault } from '#vault';

/** A posting that rests on a credential of somebody else. */
export interface Apart {
  readonly id: string;
  readonly alias: string;
  /** The credential. */
  readonly cause: string;
}

/**
 * Under which alias each credential was issued. A decision may recognise credentials of two records
 * of one person; when these are parted, its credit would rest on what is not theirs any longer.
 */
@Injectable()
export class CredentialHolders {
  constructor(private readonly vault: Vault) {}

  async keep(tx: Transaction, credentialId: string, alias: string): Promise<void> {
    await tx.query(
      `insert into accumulation.credential (credential_id, alias) values ($1, $2)
       on conflict do nothing`,
      [credentialId, alias],
    );
  }

  /** Postings that rest on the credential. */
  async restingOn(tx: Transaction, credentialId: string): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      'select posting_id as id from accumulation.posting_basis where credential_id = $1',
      [credentialId],
    );
    return rows.map(({ id }) => id);
  }

  /** Postings of people who were parted. */
  async postingsOf(tx: Transaction, persons: readonly string[]): Promise<readonly string[]> {
    const aliases = await Promise.all(persons.map((person) => this.vault.aliasesOf(person)));
    const rows = await tx.query<{ id: string }[]>(
      `select distinct posting_id as id from accumulation.posting_basis where alias = any($1)`,
      [aliases.flat()],
    );
    return rows.map(({ id }) => id);
  }

  /** Those of the postings that rest on a credential of another person, as people are known now. */
  async apart(tx: Transaction, postingIds: readonly string[]): Promise<readonly Apart[]> {
    const rows = await tx.query<(Apart & { readonly holder: string })[]>(
      `select b.posting_id as id, b.alias, c.alias as holder, c.credential_id as cause
       from accumulation.posting_basis b join accumulation.credential c using (credential_id)
       where b.posting_id = any($1) and b.alias <> c.alias order by b.posting_id, c.credential_id`,
      [postingIds],
    );
    if (rows.length === 0) return [];
    const owners = await this.vault.personsOf(rows.map(({ alias }) => alias));
    const holders = await this.vault.personsOf(rows.map(({ holder }) => holder));
    return rows.filter((_, n) => owners[n] !== undefined && owners[n] !== holders[n]);
  }
}
