import { Inject, Injectable } from '@nestjs/common';
import { Clock, RateLimitError } from '#kernel';
import type { Client } from '#contracts';
import { RecordingSettings } from '../settings.js';

const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * How much each client may send: a token bucket each, in this process alone, that holds a minute's
 * worth. A request is let in while there is anything left, and then takes what it holds, so that a
 * batch larger than what is left is taken whole and paid back by waiting.
 */
@Injectable()
export class Quota {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly settings: RecordingSettings,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Throws RateLimitError `quota-exceeded`, with the seconds until there is something left. */
  admit(client: Client): void {
    const limit = this.#limitOf(client);
    if (limit === 0) return;
    const { tokens } = this.#filled(client.id, limit);
    if (tokens >= 1) return;
    const seconds = Math.ceil(((1 - tokens) / limit) * (MINUTE_MS / 1_000));
    throw new RateLimitError('quota-exceeded', Math.max(1, seconds));
  }

  /** Takes so many events from what is left. */
  spend(client: Client, events: number): void {
    const limit = this.#limitOf(client);
    if (limit > 0) this.#filled(client.id, limit).tokens -= events;
  }

  #limitOf({ quota }: Client): number {
    return quota?.eventsPerMinute ?? this.settings.eventsPerMinute;
  }

  #filled(id: string, limit: number): Bucket {
    const now = this.clock.now().getTime();
    const bucket = this.#buckets.get(id) ?? { tokens: limit, at: now };
    const passed = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(limit, bucket.tokens + (passed * limit) / MINUTE_MS);
    bucket.at = now;
    this.#buckets.set(id, bucket);
    return bucket;
  }
}
