import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Area } from '#contracts';
import { KeyRing, openBytes, sealBytes } from '#vault';
import { KeptSeals } from '../kept/kept-seals.js';
import { namedInEvent } from '../kept/named.js';
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

interface ItemRow {
  readonly n: number;
  readonly sealed: Buffer;
  readonly people: string | null;
  readonly wrapped_key: Buffer | null;
}

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

/** A refused item on its way into the table. */
export interface NewItem extends Omit<SealedItem, 'sealed' | 'people' | 'wrappedKey' | 'keptAt'> {
  /** What came, as JSON. */
  readonly text: string;
  readonly named: ReturnType<typeof namedInEvent>;
}

/** What is to be kept of a delivery; `knownAt` is when we first had it. */
export const newItem = (
  { area, ...to }: Pick<NewItem, 'delivery' | 'client' | 'receivedAt' | 'knownAt'> & { area: Area },
  { n, sent }: Refused,
): NewItem => ({
  ...to,
  n,
  text: JSON.stringify(sent),
  // Whom a whole request names, in whichever form it was refused for, nobody can tell; and a trial
  // makes nobody known.
  named: sent.is === 'event' && area === 'live' ? namedInEvent(to.client, sent.event) : [],
});

/**
 * What was refused, for its sender alone to put right, bound to its delivery and client. An event
 * that names a learner is sealed under their key and dies with it; the rest under a key of this
 * installation, and is deleted when a learner whom the client knows is erased.
 */
@Injectable()
export class RefusedItems {
  #key: KeyObject | undefined;

  constructor(
    private readonly db: DataSource,
    @Inject(KeyRing) private readonly keyRing: KeyRing,
    private readonly kept: KeptSeals,
  ) {}

  /**
   * Out: those that may be kept, sealed: not what names somebody who was erased. Throws
   * UnavailableError when the vault is away.
   */
  async seal(items: readonly NewItem[], keptAt: Date): Promise<readonly SealedItem[]> {
    const owned = items.filter(({ named }) => named.length > 0);
    const kept = await this.kept.seal(
      owned.map((item) => ({ place: placeOf(item), named: item.named, text: item.text })),
    );
    return [
      ...owned.flatMap(({ text: _t, named: _n, ...item }, k) => {
        const { content: sealed, people, wrappedKey } = kept[k] ?? {};
        return sealed && people && wrappedKey
          ? [{ ...item, keptAt, sealed, people, wrappedKey }]
          : [];
      }),
      ...items
        .filter(({ named }) => named.length === 0)
        .map(({ text, named: _n, ...item }) => ({
          ...item,
          keptAt,
          sealed: sealBytes(this.#secret, placeOf(item), text),
        })),
    ];
  }

  /**
   * What is kept of a client's delivery, in the order sent; not what names somebody who was erased
   * since. Throws UnavailableError when the vault is away.
   */
  async of(client: string, delivery: string, now: Date): Promise<readonly Refused[]> {
    const rows = await this.db.query<ItemRow[]>(
      `select n, sealed, people, wrapped_key from recording.refused_item
       where delivery = $1 and client = $2 and received_at > $3 order by n`,
      [delivery, client, keptSince(now)],
    );
    const texts = (
      await this.kept.open(
        rows.flatMap(({ n, sealed: content, people, wrapped_key: wrappedKey }) =>
          people !== null && wrappedKey !== null
            ? [
                {
                  place: placeOf({ client, delivery, n }),
                  people: people.split(' '),
                  wrappedKey,
                  content,
                },
              ]
            : [],
        ),
      )
    ).values();
    return rows.flatMap(({ n, sealed, people }) => {
      const text =
        people === null
          ? openBytes(this.#secret, placeOf({ client, delivery, n }), sealed).toString()
          : texts.next().value;
      return text === undefined ? [] : [{ n, sent: JSON.parse(text) as Sent }];
    });
  }

  /** How many are kept of a client's delivery: nothing is opened, and the vault is not asked. */
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

const placeOf = ({ client, delivery, n }: Pick<NewItem, 'client' | 'delivery' | 'n'>): string =>
  `refused-item|${client}|${delivery}|${n}`;

export const keptSince = (now: Date): Date => new Date(now.getTime() - KEPT_DAYS * DAY_MS);
export const keptUntil = (receivedAt: Date): Date =>
  new Date(receivedAt.getTime() + KEPT_DAYS * DAY_MS);
