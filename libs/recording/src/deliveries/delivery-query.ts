import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { DomainError } from '#kernel';
import {
  type Area,
  Became,
  type Deliveries,
  type Delivery,
  type DeliveryCounts,
  type DeliveryDays,
  Refusal,
} from '#contracts';
import { readCursor, writeCursor } from '../cursor.js';
import { COUNTS } from './delivery-rows.js';

type Row = DeliveryCounts & {
  readonly id: string;
  readonly channel: string;
  readonly area: Area;
  readonly received_at: Date;
  readonly state: string;
  readonly requests: number;
  readonly retry_of: string | null;
  readonly refusals: unknown;
};

/** What a list of deliveries is narrowed by. */
export interface DeliveryFilter {
  readonly state?: string | undefined;
  readonly channel?: string | undefined;
  readonly area?: string | undefined;
  readonly since?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const PAGE_BEFORE = 'Use nextCursor of the page before, as it is.';
const COLUMNS = `id, channel, area, received_at, state, requests, retry_of, ${COUNTS.join(', ')}`;

/** Deliveries as their sender may see them: each client its own, and nothing of the others'. */
@Injectable()
export class DeliveryQuery {
  constructor(private readonly db: DataSource) {}

  /** Newest first. Throws `invalid-input` for a cursor that is none of ours. */
  async page(client: string, filter: DeliveryFilter): Promise<Deliveries> {
    const { state, channel, area, since, cursor, limit } = filter;
    const [time, id] = cursor === undefined ? [] : readCursor(cursor, PAGE_BEFORE);
    const rows = await this.db.query<Row[]>(
      `select ${COLUMNS} from recording.delivery
       where client = $1 and ($2::text is null or state = $2)
         and ($3::text is null or channel = $3) and ($4::text is null or area = $4)
         and ($5::timestamptz is null or received_at >= $5)
         and ($6::timestamptz is null or (received_at, id) < ($6, $7))
       order by received_at desc, id desc limit $8`,
      [
        client,
        state ?? null,
        channel ?? null,
        area ?? null,
        since ?? null,
        time ?? null,
        id ?? null,
        limit + 1,
      ],
    );
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map(deliveryOf),
      nextCursor: last ? writeCursor(last.received_at, last.id) : null,
    };
  }

  /** With the first of its refusals. Throws `not-found`, also for a delivery of somebody else. */
  async one(
    client: string,
    id: string,
  ): Promise<{ readonly delivery: Delivery; readonly refusals: readonly Refusal[] }> {
    const [row] = await this.db.query<Row[]>(
      `select ${COLUMNS}, refusals from recording.delivery where id = $1 and client = $2`,
      [id, client],
    );
    if (!row) throw new DomainError('not-found');
    return { delivery: deliveryOf(row), refusals: z.array(Refusal).parse(row.refusals) };
  }

  /** Counts of each day since then, newest day first. */
  async days(client: string, since: string): Promise<DeliveryDays> {
    const sums = ['requests', ...COUNTS].map((name) => `${name}::float8 as ${name}`).join(', ');
    const rows = await this.db.query<
      (DeliveryCounts & { day: string; channel: string; area: Area; requests: number })[]
    >(
      `select to_char(day, 'YYYY-MM-DD') as day, channel, area, ${sums}
       from recording.delivery_day where client = $1 and day >= $2
       order by day desc, channel, area`,
      [client, since],
    );
    return {
      data: rows.map(({ day, channel, area, requests, ...counts }) => ({
        day,
        channel,
        area,
        requests,
        counts,
      })),
    };
  }
}

const deliveryOf = (row: Row): Delivery => {
  const { id, channel, area, received_at: receivedAt, requests, retry_of: retryOf } = row;
  const { recorded, duplicate, telemetry, test, refused, waiting } = row;
  return {
    id,
    channel,
    area,
    receivedAt: receivedAt.toISOString(),
    state: Became.parse(row.state),
    requests,
    counts: { recorded, duplicate, telemetry, test, refused, waiting },
    ...(retryOf === null ? {} : { retryOf }),
  };
};
