import type { EntityManager } from 'typeorm';
import { ERASING_LOCK, MARGIN_MS } from '../kept/erasing-lock.js';
import { COUNTS, type DayRow, type DeliveryRow } from './delivery-rows.js';

/** A refused item, sealed. */
export interface SealedItem {
  readonly delivery: string;
  readonly n: number;
  readonly client: string;
  readonly receivedAt: Date;
  /** Since when we know what it says: an erasure that is later than this is about it, too. */
  readonly knownAt: Date;
  readonly keptAt: Date;
  readonly sealed: Uint8Array;
  /** Who can be erased with it, and their shares of its key; absent where nobody can tell. */
  readonly people?: readonly string[];
  readonly wrappedKey?: Uint8Array;
}

const ADDED = ['requests', ...COUNTS]
  .map((name) => `${name} = delivery_day.${name} + excluded.${name}`)
  .join(', ');
const typed = (type: string): string => COUNTS.map((name) => `${name} ${type}`).join(', ');

/** Adds rows. Written again, because nobody knew whether they were, they change nothing. */
export const addDeliveries = (tx: EntityManager, rows: readonly DeliveryRow[]): Promise<unknown> =>
  tx.query(
    `insert into recording.delivery
       (id, client, channel, area, received_at, requests, retry_of, ${COUNTS.join(', ')}, refusals)
     select id, client, channel, area, received_at, requests, retry_of, ${COUNTS.join(', ')},
       refusals
     from jsonb_to_recordset($1::jsonb) as t (id text, client text, channel text, area text,
       received_at timestamptz, requests integer, retry_of text, ${typed('integer')},
       refusals jsonb)
     on conflict (id) do nothing`,
    [JSON.stringify(rows.map(rowOf))],
  );

const rowOf = ({ counts, receivedAt, retryOf, ...row }: DeliveryRow): object => ({
  ...row,
  ...counts,
  received_at: receivedAt,
  retry_of: retryOf ?? null,
});

export const addDays = (tx: EntityManager, rows: readonly DayRow[]): Promise<unknown> =>
  tx.query(
    `insert into recording.delivery_day
       (client, day, channel, area, requests, ${COUNTS.join(', ')})
     select client, day, channel, area, requests, ${COUNTS.join(', ')}
     from jsonb_to_recordset($1::jsonb) as t (client text, day date, channel text, area text,
       requests bigint, ${typed('bigint')})
     on conflict (client, day, channel, area) do update set ${ADDED}`,
    [JSON.stringify(rows.map(({ counts, ...row }) => ({ ...row, ...counts })))],
  );

/**
 * Adds what no erasure was heard of meanwhile that could be about it, by whichever of two clocks
 * that are a little apart.
 */
export const addItems = async (tx: EntityManager, items: readonly SealedItem[]): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock_shared($1)', [ERASING_LOCK]);
  await tx.query(
    `insert into recording.refused_item
       (delivery, n, client, received_at, bytes, sealed, people, wrapped_key, kept_at)
     select delivery, n, client, received_at, bytes, sealed, people, wrapped_key, kept_at
     from unnest($1::text[], $2::integer[], $3::text[], $4::timestamptz[], $5::integer[],
       $6::bytea[], $7::text[], $8::bytea[], $9::timestamptz[], $10::timestamptz[])
       as item (delivery, n, client, received_at, bytes, sealed, people, wrapped_key, kept_at,
         known_at)
     where not exists (select from recording.erasure e
       where e.client = item.client and e.at >= item.known_at - make_interval(secs => $11))
     on conflict do nothing`,
    [
      items.map(({ delivery }) => delivery),
      items.map(({ n }) => n),
      items.map(({ client }) => client),
      items.map(({ receivedAt }) => receivedAt),
      items.map(({ sealed }) => sealed.length),
      items.map(({ sealed }) => Buffer.from(sealed)),
      items.map(({ people }) => people?.join(' ') ?? null),
      items.map(({ wrappedKey }) => (wrappedKey ? Buffer.from(wrappedKey) : null)),
      items.map(({ keptAt }) => keptAt),
      items.map(({ knownAt }) => knownAt),
      MARGIN_MS / 1_000,
    ],
  );
};

/** What is settled is forgotten, and the delivery may be sent again: what is left of it. */
export const forgetItems = async (
  tx: EntityManager,
  delivery: string,
  places: readonly number[],
): Promise<void> => {
  await tx.query(
    'delete from recording.refused_item where delivery = $1 and n = any($2::integer[])',
    [delivery, places],
  );
  await tx.query('update recording.delivery set claimed_until = null where id = $1', [delivery]);
};
