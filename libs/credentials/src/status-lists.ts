import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, DomainError, PublicUrl } from '#kernel';
import { buildStatusListCredential } from '#vc';
import { IssuerKeys } from './issuer-keys.js';
import { StatusAllocation } from './status-allocation.js';

/** A list is signed anew well before its day is over. */
const KEEP_MS = 60 * 60_000;
const LISTS_KEPT_MAX = 200;

export interface PublishedList {
  /** The signed credential, as it is sent. */
  readonly body: string;
  readonly etag: string;
}

interface Kept extends PublishedList {
  readonly revoked: number;
  readonly signedAt: number;
}

/** Signed status lists: made when they are asked for, kept until a bit of them changes. */
@Injectable()
export class StatusLists {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly db: DataSource,
    private readonly keys: IssuerKeys,
    private readonly allocation: StatusAllocation,
    private readonly publicUrl: PublicUrl,
    private readonly clock: Clock,
  ) {}

  /** The list as it is now. Throws DomainError `not-found` if there is none. */
  async publish(listId: string): Promise<PublishedList> {
    const now = this.clock.now();
    const kept = this.#kept.get(listId);
    // Bits are only ever set, so as many are the same.
    if (
      kept &&
      now.getTime() - kept.signedAt < KEEP_MS &&
      kept.revoked === (await this.#countRevoked(listId))
    )
      return kept;
    const list = await this.#sign(listId, now);
    this.#kept.delete(listId);
    this.#kept.set(listId, list);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > LISTS_KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return list;
  }

  async #sign(listId: string, now: Date): Promise<Kept> {
    const issuer = await this.allocation.issuerOf(listId);
    const keys = issuer === undefined ? undefined : await this.keys.signerOf(issuer);
    if (!keys) throw new DomainError('not-found');
    const rows = await this.db.query<{ index: number }[]>(
      'select index from credentials.revocation where list_id = $1',
      [listId],
    );
    const body = JSON.stringify(
      await buildStatusListCredential({
        id: this.publicUrl.to(`/status-lists/${listId}`),
        issuer: keys.did,
        revoked: rows.map(({ index }) => index),
        signer: keys.signer,
        now,
      }),
    );
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
    return { body, etag, revoked: rows.length, signedAt: now.getTime() };
  }

  async #countRevoked(listId: string): Promise<number> {
    const [row] = await this.db.query<{ revoked: string }[]>(
      'select count(*) as revoked from credentials.revocation where list_id = $1',
      [listId],
    );
    return Number(row?.revoked ?? 0);
  }
}
