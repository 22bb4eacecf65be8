import type { Area, DeliveryCounts, Refusal } from '#contracts';
import type { Outcomes, Sender } from '../domain/delivery.js';
import { REFUSALS_MAX, STATES } from '../domain/delivery.js';

/** A row of the table of deliveries, or what is added to one. */
export interface DeliveryRow extends Sender {
  readonly id: string;
  readonly receivedAt: Date;
  readonly retryOf?: string | undefined;
  requests: number;
  counts: DeliveryCounts;
  refusals: readonly Refusal[];
}

/** What is added to the counts of a day. */
export interface DayRow {
  readonly client: string;
  readonly day: string;
  readonly channel: string;
  readonly area: Area;
  requests: number;
  counts: DeliveryCounts;
}

const sum = (a: DeliveryCounts, b: DeliveryCounts): DeliveryCounts => ({
  recorded: a.recorded + b.recorded,
  duplicate: a.duplicate + b.duplicate,
  telemetry: a.telemetry + b.telemetry,
  test: a.test + b.test,
  refused: a.refused + b.refused,
  waiting: a.waiting + b.waiting,
});

/** A place says nothing in a row that tells of several requests. */
export const withoutPlace = ({ code, errors }: Refusal): Refusal => ({ code, errors });

/** Adds a request to a row that tells of several. */
export const addTo = (row: DeliveryRow, { counts, refusals }: Outcomes): void => {
  row.requests += 1;
  row.counts = sum(row.counts, counts);
  row.refusals = [...row.refusals, ...refusals.map(withoutPlace)].slice(0, REFUSALS_MAX);
};

/** Counts of days, to be added to what is stored. */
export class Days {
  readonly #rows = new Map<string, DayRow>();

  add(sender: Sender, day: string, requests: number, counts: DeliveryCounts): void {
    const { client, channel, area } = sender;
    const key = JSON.stringify([client, day, channel, area]);
    const row = this.#rows.get(key);
    if (!row) this.#rows.set(key, { client, day, channel, area, requests, counts });
    else {
      row.requests += requests;
      row.counts = sum(row.counts, counts);
    }
  }

  /** In an order that is the same for everybody who writes: nobody waits for each other. */
  get rows(): readonly DayRow[] {
    return [...this.#rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}

export const COUNTS = STATES.toSorted();
