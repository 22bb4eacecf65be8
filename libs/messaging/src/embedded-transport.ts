import { WHOLE_LOG } from './due.js';
import { codeOf } from './failure.js';
import { type EmbeddedParts, Follower } from './follower.js';
import { Latch } from './latch.js';
import type { Lag } from './lags.js';
import { LogReader } from './log-reader.js';
import type { Transport } from './transport.js';

/** Fallback for what `Log.onCommit` cannot tell: commits of other processes, and rebuilds there. */
const POLL_MS = 250;
/** Reads the log itself; each projection follows it at its own pace. */
export class EmbeddedTransport implements Transport {
  readonly kind = 'embedded';
  readonly #reader: LogReader;
  readonly #followers: readonly Follower[];
  readonly #stopping = new AbortController();
  readonly #tick = new Latch();
  #running: Promise<unknown> | undefined;
  #unsubscribe: (() => void) | undefined;
  #isReady = false;

  constructor(private readonly parts: EmbeddedParts) {
    const topics = new Set(parts.projections.flatMap((projection) => projection.topics));
    this.#reader = new LogReader(parts.log, [...topics]);
    this.#followers = parts.projections.map(
      (projection) => new Follower(projection, this.#reader, parts),
    );
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  start(): Promise<void> {
    const { signal } = this.#stopping;
    this.#unsubscribe = this.parts.log.onCommit(({ size, topics }) => {
      this.#reader.committed(size);
      for (const follower of this.#followers) if (follower.reads(topics)) follower.wake();
    });
    this.#running = Promise.all([
      this.#watch(signal),
      ...this.#followers.map((follower) => follower.run(signal)),
    ]);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#stopping.abort();
    await this.#running;
  }

  rewind(projections: readonly string[]): void {
    for (const follower of this.#followers)
      if (projections.includes(follower.name)) follower.rewind();
  }

  async lags(): Promise<readonly Lag[]> {
    await this.#reader.refreshHead();
    return this.#followers.map(({ name, lag }) => ({
      reader: name,
      topic: 'log',
      messages: Math.max(0, lag),
    }));
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look();
        if (!this.#isReady) this.parts.logger.debug({}, 'following the log');
        this.#isReady = true;
      } catch (error) {
        if (this.#isReady)
          this.parts.logger.warn({ code: codeOf(error) }, 'the log cannot be read for now');
        this.#isReady = false;
      }
      await this.#tick.wait(POLL_MS, signal);
    }
  }

  async #look(): Promise<void> {
    const { parts } = this;
    await this.#reader.refreshHead();
    const places = await parts.places.ofAll(WHOLE_LOG, parts.log.name);
    for (const follower of this.#followers) {
      follower.observe(places.get(follower.name) ?? -1);
      if (follower.position < this.#reader.head) follower.wake();
      parts.progress.waiting(follower.name, '*', Math.max(0, follower.lag));
    }
  }
}
