import { Inject, Injectable } from '@nestjs/common';
import { Clock, RateLimitError } from '#kernel';
import type { Client } from '#contracts';
import { RecordingSettings } from '../settings.js';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

interface Bucket {
  /** What is left, of which an event costs MINUTE_MS: whole numbers, so that no rounding adds up. */
  drops: number;
  at: number;
}

/**
 * How much each client may send: a token bucket each, in this process alone, that holds a minute's
 * worth. A request is let in while there is anything left, and takes one for that, whatever is in it;
 * what more it holds it takes once it is read, so that a batch larger than what is left is taken
 * whole and paid back by waiting.
 */
@Injectable()
export class Quota {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly settings: RecordingSettings,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Lets a request in, which costs one before anything of it is read. Throws RateLimitError
   * `quota-exceeded`, with the seconds until there is something left; that costs nothing.
   */
  admit(client: Client): void {
    const limit = this.#limitOf(client);
    if (limit === 0) return;
    const bucket = this.#filled(client.id, limit);
    if (bucket.drops < MINUTE_MS)
      throw new RateLimitError(
        'quota-exceeded',
        Math.ceil((MINUTE_MS - bucket.drops) / limit / SECOND_MS),
      );
    bucket.drops -= MINUTE_MS;
  }

  /** Takes what a request that was let in holds, but for the one that it has paid already. */
  spendRest(client: Client, events: number): void {
    this.spend(client, Math.max(0, events - 1));
  }

  /** Takes so many events from what is left. */
  spend(client: Client, events: number): void {
    const limit = this.#limitOf(client);
    if (limit > 0) this.#filled(client.id, limit).drops -= events * MINUTE_MS;
  }

  /**
   * Takes as many of these events as are left, for who can wait with the others. Out: how many, and
   * how long it is until there is one more.
   */
  take(client: Client, events: number): { readonly taken: number; readonly waitMs: number } {
    const limit = this.#limitOf(client);
    if (limit === 0) return { taken: events, waitMs: 0 };
    const bucket = this.#filled(client.id, limit);
    const taken = Math.min(events, Math.max(0, Math.floor(bucket.drops / MINUTE_MS)));
    bucket.drops -= taken * MINUTE_MS;
    return { taken, waitMs: Math.max(0, Math.ceil((MINUTE_MS - bucket.drops) / limit)) };
  }

  /** How long it is until all of a minute's worth is there again, if nothing is sent until then. */
  msUntilFull(client: Client): number {
    const limit = this.#limitOf(client);
    if (limit === 0) return 0;
    const { drops } = this.#filled(client.id, limit);
    return Math.ceil((limit * MINUTE_MS - drops) / limit);
  }

  #limitOf({ quota }: Client): number {
    return quota?.eventsPerMinute ?? this.settings.eventsPerMinute;
  }

  #filled(id: string, limit: number): Bucket {
    const now = this.clock.now().getTime();
    const full = limit * MINUTE_MS;
    const bucket = this.#buckets.get(id) ?? { drops: full, at: now };
    const passed = Math.max(0, now - bucket.at);
    bucket.drops = Math.min(full, bucket.drops + passed * limit);
    bucket.at = now;
    this.#buckets.set(id, bucket);
    return bucket;
  }
}
