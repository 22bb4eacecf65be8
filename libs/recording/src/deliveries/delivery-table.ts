import type { EntityManager } from 'typeorm';
import { COUNTS, type DayRow, type DeliveryRow } from './delivery-rows.js';

/** A refused item, sealed. */
export interface SealedItem {
  readonly delivery: string;
  readonly n: number;
  readonly client: string;
  readonly receivedAt: Date;
  readonly sealed: Uint8Array;
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

export const addItems = (tx: EntityManager, items: readonly SealedItem[]): Promise<unknown> =>
  tx.query(
    `insert into recording.refused_item (delivery, n, client, received_at, bytes, sealed)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::timestamptz[], $5::integer[],
       $6::bytea[]) on conflict do nothing`,
    [
      items.map(({ delivery }) => delivery),
      items.map(({ n }) => n),
      items.map(({ client }) => client),
      items.map(({ receivedAt }) => receivedAt),
      items.map(({ sealed }) => sealed.length),
      items.map(({ sealed }) => Buffer.from(sealed)),
    ],
  );

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
