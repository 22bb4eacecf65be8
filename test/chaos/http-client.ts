import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledgement, Journal } from './journal.js';
import type { Random } from './random.js';
import type { Sent, Workload } from './workload.js';

const ANSWER_MS_MAX = 5_000;
const TRY_AGAIN_MS = 150;
const DUPLICATE_SHARE = 0.18;
const TWIN_SHARE = 0.12;
const LARGE_SHARE = 0.12;
const KEPT = 400;

/** What the clients have in common. */
export interface Shared {
  /** Where the ledger answers; a client picks one for each try. */
  readonly urls: readonly string[];
  readonly journal: Journal;
  /** Signed anew at each try, as clocks jump. */
  readonly authorization: () => Promise<string>;
  /** What was sent, acknowledged or not. */
  readonly sent: Map<string, Sent>;
  /** Lately sent by anybody: duplicates are taken from here, also of what is under way. */
  readonly recent: Sent[];
  /** Answers that are no acknowledgement and that trying again does not change. */
  readonly refusals: Set<string>;
  /** How often what answer came that was no acknowledgement. */
  readonly answers: Map<string, number>;
  /** Aborts when nobody waits for the clients any longer. */
  readonly over: AbortSignal;
  /** How long a client waits between two batches, on average. */
  readonly pauseMs: number;
}

interface Item {
  readonly status: string | number;
  readonly code?: string;
  readonly log: string;
  readonly seq: number;
  readonly leafHash: string;
}

/** Refusals that trying again heals. A bug that shows under faults heals too, and is counted. */
const WAITS = new Set(['unavailable', 'log-not-trusted', 'internal-error']);

/**
 * A provider that gives up on nothing: each batch is sent again, to any of the processes, until all
 * of it is acknowledged. Now and then it sends what somebody sent before, and the same batch to two
 * processes at once.
 */
export class HttpClient {
  /** What was sent to it and is not acknowledged. */
  waiting = 0;

  constructor(
    private readonly shared: Shared,
    private readonly workload: Workload,
    private readonly random: Random,
  ) {}

  /**
   * Sends new events until `signal` aborts, then returns when all of its own are acknowledged; or
   * when `shared.over` aborts, whatever is.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { recent, pauseMs, urls } = this.shared;
    while (!signal.aborted) {
      const count = this.random.chance(LARGE_SHARE)
        ? this.random.int(65, 90)
        : this.random.int(1, 12);
      const events = this.next(count);
      const batch = this.#withDuplicates(events);
      recent.push(...events);
      recent.splice(0, recent.length - KEPT);
      this.waiting = batch.length;
      if (this.random.chance(TWIN_SHARE))
        await Promise.all(this.#twoOf(urls).map((url) => this.#untilAcknowledged(batch, url)));
      else await this.#untilAcknowledged(batch, this.random.pick(urls));
      if (this.shared.over.aborted) return;
      this.waiting = 0;
      await sleep(this.random.next() * 2 * pauseMs);
    }
  }

  /** New events, which count as sent from now on. */
  next(count: number): readonly Sent[] {
    const events = this.workload.next(count);
    for (const event of events) this.shared.sent.set(`${event.source} ${event.id}`, event);
    return events;
  }

  #withDuplicates(events: readonly Sent[]): readonly Sent[] {
    const { recent } = this.shared;
    return events.flatMap((event) =>
      recent.length > 0 && this.random.chance(DUPLICATE_SHARE / (1 - DUPLICATE_SHARE))
        ? [event, this.random.pick(recent)]
        : [event],
    );
  }

  /** Two processes, if there are two. */
  #twoOf(urls: readonly string[]): readonly [string, string] {
    const at = this.random.int(0, urls.length - 1);
    return [urls[at] ?? '', urls[(at + 1) % urls.length] ?? ''];
  }

  async #untilAcknowledged(batch: readonly Sent[], first: string): Promise<void> {
    let rest = await this.send(batch, first);
    while (rest.length > 0 && !this.shared.over.aborted) {
      await sleep(TRY_AGAIN_MS * this.random.next());
      rest = await this.send(rest, this.random.pick(this.shared.urls));
    }
  }

  /** One try; what of the batch is not acknowledged. */
  async send(batch: readonly Sent[], url: string): Promise<readonly Sent[]> {
    const { authorization, journal, refusals } = this.shared;
    try {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: {
          authorization: await authorization(),
          'content-type': 'application/cloudevents-batch+json',
        },
        body: JSON.stringify(batch.map(({ body }) => body)),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      if (response.status !== 200) {
        this.#count(codeOf(await response.text(), response.status));
        if (response.status === 400 || response.status === 422) refusals.add(`${response.status}`);
        return batch;
      }
      const { results } = (await response.json()) as { readonly results: readonly Item[] };
      journal.write(batch.flatMap((event, n) => acknowledgementOf(event, results[n])));
      return batch.filter((event, n) => !this.#isSettled(event, results[n]));
    } catch {
      // Cut off, refused or too slow: nothing is known of it.
      return batch;
    }
  }

  #count(code: string): void {
    const { answers } = this.shared;
    answers.set(code, (answers.get(code) ?? 0) + 1);
  }

  #isSettled({ id, source }: Sent, item: Item | undefined): boolean {
    if (item && typeof item.status === 'string') return true;
    this.#count(item?.code ?? 'none');
    if (item?.code === undefined || WAITS.has(item.code)) return false;
    this.shared.refusals.add(`${source} ${id}: ${item.code}`);
    return true;
  }
}

const codeOf = (text: string, status: number): string => {
  try {
    return `${status} ${(JSON.parse(text) as { readonly code?: string }).code ?? ''}`;
  } catch {
    return `${status}`;
  }
};

const acknowledgementOf = (
  { source, id }: Sent,
  item: Item | undefined,
): readonly Acknowledgement[] =>
  item && typeof item.status === 'string'
    ? [{ source, id, log: item.log, seq: item.seq, leafHash: item.leafHash }]
    : [];
