import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, isAway } from '#kernel';
import { type Background, BackgroundTask } from '#log';
import { keptSince } from './refused-items.js';

const DAY_MS = 86_400_000;
const DELIVERY_DAYS = 30;
const COUNT_DAYS = 400;
/** Of each client, the newest. */
const DELIVERIES_MAX = 1_000_000;
const ITEMS_MAX = 10_000;
const ITEMS_BYTES_MAX = 64 * 1024 * 1024;
/** Deleted at once; the rest at the next turn. */
const ROWS_MAX = 20_000;
const EVERY_MS = 60_000;

/** Deletes what is past its time or beyond its limit, a little at a time. */
@Injectable()
@BackgroundTask()
export class TidyDeliveries implements Background {
  readonly #logger = new Logger('deliveries');
  #timer: NodeJS.Timeout | undefined;
  #tidying: Promise<void> | undefined;

  constructor(
    private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  start(): Promise<void> {
    this.#timer = setInterval(() => {
      this.#tidying ??= this.tidy()
        .catch((error: unknown) => {
          if (!isAway(error)) this.#logger.error({ code: 'internal-error' }, 'tidying failed');
        })
        .finally(() => {
          this.#tidying = undefined;
        });
    }, EVERY_MS).unref();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tidying;
  }

  async tidy(): Promise<void> {
    const now = this.clock.now();
    const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
    await this.db.query('delete from recording.refused_item where received_at <= $1', [
      keptSince(now),
    ]);
    for (const client of await this.#hoarders()) await this.#thin(client);
    await this.db.query('delete from recording.delivery_day where day < $1', [before(COUNT_DAYS)]);
    for (const client of await this.#clients()) {
      const [row] = await this.db.query<{ received_at: Date }[]>(
        `select received_at from recording.delivery where client = $1
         order by received_at desc, id desc offset $2 limit 1`,
        [client, DELIVERIES_MAX],
      );
      const past = before(DELIVERY_DAYS);
      const until = row && row.received_at > past ? row.received_at : past;
      await this.db.query(
        `delete from recording.delivery where id in (select id from recording.delivery
           where client = $1 and received_at <= $2 order by received_at, id limit $3)`,
        [client, until, ROWS_MAX],
      );
    }
  }

  /** Who has more kept than its limit. */
  async #hoarders(): Promise<readonly string[]> {
    const rows = await this.db.query<{ client: string }[]>(
      `select client from recording.refused_item group by client
       having count(*) > $1 or sum(bytes) > $2`,
      [ITEMS_MAX, ITEMS_BYTES_MAX],
    );
    return rows.map(({ client }) => client);
  }

  /** Leaves the newest. */
  async #thin(client: string): Promise<void> {
    await this.db.query(
      `delete from recording.refused_item where (delivery, n) in (
         select delivery, n from (
           select delivery, n,
             row_number() over newest as place, sum(bytes) over newest as bytes
           from recording.refused_item where client = $1
           window newest as (order by received_at desc, delivery, n)
         ) as item where place > $2 or bytes > $3)`,
      [client, ITEMS_MAX, ITEMS_BYTES_MAX],
    );
  }

  async #clients(): Promise<readonly string[]> {
    const rows = await this.db.query<{ client: string }[]>(
      'select distinct client from recording.delivery_day',
    );
    return rows.map(({ client }) => client);
  }
}
