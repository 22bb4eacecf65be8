import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeyRing, openBytes, sealBytes } from '#vault';
import type { SealedItem } from './delivery-table.js';

/** What was refused is kept for so long. It may name people who are nobody's alias here yet. */
export const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;
/** Much longer than a request takes. */
const CLAIM_MS = 5 * 60_000;

/** What came, as it is sent again. */
export type Sent =
  | { readonly is: 'event'; readonly event: unknown }
  | {
      readonly is: 'request';
      readonly body: string;
      readonly isBase64: boolean;
      readonly mediaType: string;
      /** xAPI alone: how it was sent. */
      readonly xapi?: {
        readonly method: 'PUT' | 'POST';
        readonly version: '1.0.3' | '2.0.0';
        readonly parameters: Readonly<Record<string, string>>;
      };
    };

/** A refused item: its place in the request, from 0. */
export interface Refused {
  readonly n: number;
  readonly sent: Sent;
}

/** A request as it came, to be sent again. */
export const requestOf = (
  body: string | Uint8Array,
  mediaType: string,
  xapi?: Extract<Sent, { is: 'request' }>['xapi'],
): Sent => {
  const bytes = Buffer.from(body as Uint8Array);
  const text = typeof body === 'string' ? body : bytes.toString();
  const isText = typeof body === 'string' || Buffer.from(text).equals(bytes);
  return {
    is: 'request',
    body: isText ? text : bytes.toString('base64'),
    isBase64: !isText,
    mediaType,
    ...(xapi ? { xapi } : {}),
  };
};

/**
 * What was refused, for its sender alone to put right: sealed under a key of this installation,
 * bound to its delivery and client. No learner's key is used, because a refused item has no alias.
 */
@Injectable()
export class RefusedItems {
  #key: KeyObject | undefined;

  constructor(
    private readonly db: DataSource,
    @Inject(KeyRing) private readonly keyRing: KeyRing,
  ) {}

  seal(delivery: string, client: string, receivedAt: Date, { n, sent }: Refused): SealedItem {
    const sealed = sealBytes(this.#secret, contextOf(client, delivery, n), JSON.stringify(sent));
    return { delivery, n, client, receivedAt, sealed };
  }

  /** What is kept of a client's delivery, in the order sent. */
  async of(client: string, delivery: string, now: Date): Promise<readonly Refused[]> {
    const rows = await this.db.query<{ n: number; sealed: Buffer }[]>(
      `select n, sealed from recording.refused_item
       where delivery = $1 and client = $2 and received_at > $3 order by n`,
      [delivery, client, keptSince(now)],
    );
    return rows.map(({ n, sealed }) => {
      const opened = openBytes(this.#secret, contextOf(client, delivery, n), sealed);
      return { n, sent: JSON.parse(Buffer.from(opened).toString()) as Sent };
    });
  }

  async count(client: string, delivery: string, now: Date): Promise<number> {
    const [row] = await this.db.query<{ count: number }[]>(
      `select count(*)::integer as count from recording.refused_item
       where delivery = $1 and client = $2 and received_at > $3`,
      [delivery, client, keptSince(now)],
    );
    return row?.count ?? 0;
  }

  /**
   * Claims a delivery to send it again. Out: false if somebody else is doing so right now. A claim
   * that nobody gives back, because its process died, ends by itself.
   */
  async claim(client: string, delivery: string, now: Date): Promise<boolean> {
    const [rows] = await this.db.query<[{ id: string }[], number]>(
      `update recording.delivery set claimed_until = $3
       where id = $1 and client = $2 and (claimed_until is null or claimed_until <= $4)
       returning id`,
      [delivery, client, new Date(now.getTime() + CLAIM_MS), now],
    );
    return rows.length > 0;
  }

  /** Gives a claim back. */
  async release(client: string, delivery: string): Promise<void> {
    await this.db.query(
      'update recording.delivery set claimed_until = null where id = $1 and client = $2',
      [delivery, client],
    );
  }

  get #secret(): KeyObject {
    return (this.#key ??= createSecretKey(this.keyRing.secret('refused-items')));
  }
}

const contextOf = (client: string, delivery: string, n: number): string =>
  `refused-item|${client}|${delivery}|${n}`;

export const keptSince = (now: Date): Date => new Date(now.getTime() - KEPT_DAYS * DAY_MS);
export const keptUntil = (receivedAt: Date): Date =>
  new Date(receivedAt.getTime() + KEPT_DAYS * DAY_MS);
