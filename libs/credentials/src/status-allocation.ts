import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { STATUS_LIST_LENGTH } from '#vc';

/** A list is closed when half full: a free place is then found at the second try on average. */
const ALLOCATED_MAX = STATUS_LIST_LENGTH / 2;
const TRIES_MAX = 100;

export interface StatusPlace {
  readonly listId: string;
  readonly index: number;
}

/**
 * Gives each credential its place in a status list of its issuer: random, and the same again for
 * the same credential. Commits by itself, as the log does: what was signed is never given away.
 */
@Injectable()
export class StatusAllocation {
  constructor(private readonly db: DataSource) {}

  async placeOf(issuer: string, credentialId: string): Promise<StatusPlace> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const known = await this.#known(credentialId);
      if (known) return known;
      const number = await this.#openList(issuer);
      await this.db.query(
        `insert into credentials.status_allocation (list_id, index, issuer, number, credential_id)
         values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [listIdOf(issuer, number), randomInt(STATUS_LIST_LENGTH), issuer, number, credentialId],
      );
    }
    throw new Error('no free place was found in a status list');
  }

  /** The issuer of a list; undefined if there is no such list. */
  async issuerOf(listId: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ issuer: string }[]>(
      'select issuer from credentials.status_allocation where list_id = $1 limit 1',
      [listId],
    );
    return row?.issuer;
  }

  async #known(credentialId: string): Promise<StatusPlace | undefined> {
    const [row] = await this.db.query<{ list_id: string; index: number }[]>(
      'select list_id, index from credentials.status_allocation where credential_id = $1',
      [credentialId],
    );
    return row && { listId: row.list_id, index: row.index };
  }

  async #openList(issuer: string): Promise<number> {
    const [row] = await this.db.query<{ number: number; allocated: string }[]>(
      `select number, count(*) as allocated from credentials.status_allocation
       where issuer = $1 group by number order by number desc limit 1`,
      [issuer],
    );
    if (!row) return 1;
    return Number(row.allocated) < ALLOCATED_MAX ? row.number : row.number + 1;
  }
}

/** Ids of issuers hold no dot, so no two issuers can have a list of one name. */
export const listIdOf = (issuer: string, number: number): string => `${issuer}.${number}`;
