import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, isAway, newId } from '#kernel';
import { type Background, BackgroundTask } from '#log';
import type { Outcomes, Sender } from '../domain/delivery.js';
import { addTo, Days, type DeliveryRow, withoutPlace } from './delivery-rows.js';
import {
  addDays,
  addDeliveries,
  addItems,
  forgetItems,
  type SealedItem,
} from './delivery-table.js';
import { type NewItem, newItem, type Refused, RefusedItems } from './refused-items.js';

/** What happened is written down at the latest after this time: a crash can lose no more. */
const FLUSH_MS = 1_000;
/** So many requests of a sender in a second have a row of their own; the others share one. */
const OWN_ROWS_MAX = 50;
/** What a sender may have kept in a second, of what was refused. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;
/** While the database is away: what is waiting here. Beyond that, only the days are counted. */
const WAITING_ROWS_MAX = 10_000;
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** An answer waits for this long at most until its refusals are written down. */
const PATIENCE_MS = 500;

interface NewDelivery extends Outcomes {
  readonly sender: Sender;
  /** Kept for a while, so that it can be put right. */
  readonly refused?: readonly Refused[];
}

/** What was sent again, and what of the former delivery need not be kept any longer. */
interface RetriedDelivery extends NewDelivery {
  readonly retryOf: string;
  readonly settled: readonly number[];
  /** When what is sent again was read. */
  readonly readAt: Date;
}

/** What a sender sent in the current second. */
interface Second {
  requests: number;
  bytes: number;
  shared?: DeliveryRow;
}

/** What waits to be written. */
interface Page {
  readonly rows: DeliveryRow[];
  readonly items: NewItem[];
  readonly days: Days;
  bytes: number;
}
const newPage = (): Page => ({ rows: [], items: [], days: new Days(), bytes: 0 });

/**
 * The book of deliveries. Taking a note costs a request nothing but memory; all notes of a second
 * go into the database together. Refusals are written before they are answered, as long as the
 * database keeps up. Nothing here is the truth about events: that is the log.
 */
@Injectable()
@BackgroundTask()
export class DeliveryBook implements Background, OnApplicationShutdown {
  readonly #logger = new Logger('deliveries');
  readonly #senders = new Map<string, Second>();
  #second = 0;
  #page = newPage();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    private readonly items: RefusedItems,
  ) {}

  start(): Promise<void> {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Requests may be answered until the last moment. */
  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Takes a note. Out: its id, and a promise to await where refusals shall be seen at once. */
  add(delivery: NewDelivery): { readonly id: string; readonly written: () => Promise<void> } {
    const { sender, counts, refusals, refused = [] } = delivery;
    const receivedAt = this.clock.now();
    const second = this.#secondOf(sender, receivedAt);
    second.requests += 1;
    const day = receivedAt.toISOString().slice(0, 10);
    this.#page.days.add(sender, day, 1, counts);
    if (second.requests > OWN_ROWS_MAX) {
      const { id } = this.#share(second, sender, receivedAt, delivery);
      return { id, written: () => Promise.resolve() };
    }
    const id = newId('dlv');
    const row = { id, ...sender, receivedAt, requests: 1, counts, refusals };
    this.#note(row);
    const { client, area } = sender;
    const to = { delivery: id, client, area, receivedAt, knownAt: receivedAt };
    for (const one of refused) this.#keep(second, newItem(to, one));
    return {
      id,
      written: () => Promise.race([this.flush(), sleep(PATIENCE_MS, undefined, { ref: false })]),
    };
  }

  /**
   * Writes down at once what became of what was sent again, and forgets what is settled by it: both
   * or neither, so that what was refused is never kept nowhere. Out: the id of the new delivery.
   * Throws as the database does.
   */
  async retried(delivery: RetriedDelivery): Promise<string> {
    const { sender, counts, refusals, refused = [], retryOf, settled, readAt } = delivery;
    const id = newId('dlv');
    const receivedAt = this.clock.now();
    const days = new Days();
    days.add(sender, receivedAt.toISOString().slice(0, 10), 1, counts);
    const row = { id, ...sender, receivedAt, requests: 1, counts, refusals, retryOf };
    const { client, area } = sender;
    const to = { delivery: id, client, area, receivedAt, knownAt: readAt };
    const items = await this.items.seal(
      refused.map((one) => newItem(to, one)),
      receivedAt,
    );
    await this.db.transaction(async (tx) => {
      await addDeliveries(tx, [row]);
      await addDays(tx, days.rows);
      if (items.length > 0) await addItems(tx, items);
      await forgetItems(tx, retryOf, settled);
    });
    return id;
  }

  /** Writes down what waits. Returns when it is written, or the database is away. */
  async flush(): Promise<void> {
    // What is being written does not hold what was noted since.
    if (this.#writing) await this.#writing;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    const page = this.#page;
    const days = page.days.rows;
    if (days.length === 0 && page.items.length === 0) return;
    this.#page = newPage();
    for (const second of this.#senders.values()) delete second.shared;
    try {
      const items = await this.#sealed(page.items);
      await this.db.transaction(async (tx) => {
        if (page.rows.length > 0) await addDeliveries(tx, page.rows);
        if (days.length > 0) await addDays(tx, days);
        if (items && items.length > 0) await addItems(tx, items);
      });
      if (!items) for (const item of page.items) this.#hold(item);
    } catch (error) {
      if (isAway(error)) this.#putBack(page);
      else
        this.#logger.error({ code: 'internal-error', rows: page.rows.length }, 'notes were lost');
    }
  }

  /**
   * Undefined while the vault is away: what was refused waits here, the rest need not. What cannot be
   * sealed for any other reason is not kept; it costs nothing of other clients.
   */
  async #sealed(items: readonly NewItem[]): Promise<readonly SealedItem[] | undefined> {
    try {
      return await this.items.seal(items, this.clock.now());
    } catch (error) {
      if (isAway(error)) return undefined;
      const clients = [...new Set(items.map(({ client }) => client))];
      if (clients.length === 1) {
        this.#logger.error({ code: 'internal-error', items: items.length }, 'items are not kept');
        return [];
      }
      const sealed: SealedItem[] = [];
      for (const client of clients) {
        const some = await this.#sealed(items.filter((item) => item.client === client));
        if (!some) return undefined;
        sealed.push(...some);
      }
      return sealed;
    }
  }

  #putBack(page: Page): void {
    const { days } = this.#page;
    for (const { requests, counts, day, ...sender } of page.days.rows)
      days.add(sender, day, requests, counts);
    for (const row of page.rows) this.#note(row);
    for (const item of page.items) this.#hold(item);
  }

  #secondOf({ client, channel, area }: Sender, now: Date): Second {
    const current = Math.floor(now.getTime() / 1_000);
    if (current !== this.#second) this.#senders.clear();
    this.#second = current;
    const key = JSON.stringify([client, channel, area]);
    const second = this.#senders.get(key) ?? { requests: 0, bytes: 0 };
    this.#senders.set(key, second);
    return second;
  }

  /** The one row of all that came above the limit of a second, until it is written. */
  #share(second: Second, sender: Sender, receivedAt: Date, outcomes: Outcomes): DeliveryRow {
    if (second.shared) {
      addTo(second.shared, outcomes);
      return second.shared;
    }
    const { counts } = outcomes;
    const refusals = outcomes.refusals.map(withoutPlace);
    second.shared = { id: newId('dlv'), ...sender, receivedAt, requests: 1, counts, refusals };
    this.#note(second.shared);
    return second.shared;
  }

  #note(row: DeliveryRow): void {
    if (this.#page.rows.length < WAITING_ROWS_MAX) this.#page.rows.push(row);
  }

  #keep(second: Second, item: NewItem): void {
    second.bytes += item.text.length;
    if (second.bytes <= KEPT_BYTES_MAX) this.#hold(item);
  }

  #hold(item: NewItem): void {
    this.#page.bytes += item.text.length;
    if (this.#page.bytes <= WAITING_BYTES_MAX) this.#page.items.push(item);
  }
}
