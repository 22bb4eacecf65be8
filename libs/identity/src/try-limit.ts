import { Inject, Injectable } from '@nestjs/common';
import { Clock, RateLimitError } from '#kernel';

const TRIES_MAX = 10;
const WINDOW_MS = 10 * 60_000;
const KEYS_MAX = 10_000;

/** So many tries in ten minutes each, so that a code cannot be found by trying. */
@Injectable()
export class TryLimit {
  readonly #tries = new Map<string, { count: number; readonly until: number }>();

  constructor(@Inject(Clock) private readonly clock: Clock) {}

  /** Counts a try. Throws `rate-limited` when there were too many. */
  spend(key: string): void {
    const now = this.clock.now().getTime();
    const entry = this.#tries.get(key);
    if (!entry || entry.until <= now) {
      if (this.#tries.size >= KEYS_MAX) this.#tries.clear();
      this.#tries.set(key, { count: 1, until: now + WINDOW_MS });
      return;
    }
    entry.count += 1;
    if (entry.count > TRIES_MAX)
      throw new RateLimitError('rate-limited', Math.ceil((entry.until - now) / 1_000));
  }
}
