import type { DataSource } from 'typeorm';
import { type Failpoint, placeOf } from '#kernel';
import type { Message } from '#contracts';
import type { Projection } from '#log';
import { BATCH_MAX, BatchSize } from './batch-size.js';
import type { DeadLetters } from './dead-letters.js';
import { letterOf } from './projection-letters.js';
import { type Carried, due, isUnreadable, type Lane, type LanePlaces } from './due.js';
import { type Failure, failureOf } from './failure.js';
import { BACKOFF, type Backoff, pauseBefore } from './latch.js';
import type { MessagingLogger } from './logger.js';
import { PlaceMoved, type Places } from './places.js';
import type { Progress } from './progress.js';

/** Nothing due is left of a batch; unless `stopped`: then the rest is as if it never came. */
export interface Delivered {
  readonly isStopped: boolean;
  /** Logs whose rest comes after something missing, and their places: read from earlier. */
  readonly gaps: LanePlaces;
}

export interface DriverParts {
  readonly db: DataSource;
  readonly places: Places;
  readonly deadLetters: DeadLetters;
  readonly progress: Progress;
  readonly logger: MessagingLogger;
  readonly failpoint: Failpoint;
  readonly backoff?: Backoff;
}

/** One batch on its way into one projection. */
interface Work {
  readonly projection: Projection;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  /** How many messages to try at once: halved while a poison message is being found. */
  size: number;
  failures: number;
}

/**
 * Brings carried messages into a projection exactly once, whatever carried them. Each round:
 * 1. read the projection's place (no lock), and keep what is due;
 * 2. one transaction: the handler, then the place by compare-and-swap;
 * 3. on failure: one that waiting heals is tried again, in order, for ever, by smaller batches; one that never heals is
 *    narrowed down by halving, and the one message goes to the dead letters with the place moved
 *    past it, in one transaction.
 * A projection that fails or hangs delays itself only.
 */
export class Driver {
  /** By projection. */
  readonly #sizes = new Map<string, BatchSize>();

  constructor(private readonly parts: DriverParts) {}

  async deliver(
    projection: Projection,
    lane: Lane,
    batch: readonly Carried[],
    signal: AbortSignal,
  ): Promise<Delivered> {
    const work: Work = { projection, lane, signal, size: BATCH_MAX, failures: 0 };
    while (!signal.aborted) {
      const gaps = await this.#round(work, batch);
      if (gaps) return { isStopped: false, gaps };
    }
    return { isStopped: true, gaps: new Map() };
  }

  async #round(work: Work, batch: readonly Carried[]): Promise<LanePlaces | undefined> {
    try {
      const { places } = await this.parts.places.of(work.projection.name, work.lane);
      const { ready, gaps } = due(places, batch);
      if (ready.length === 0) return gaps;
      const chunk = nextChunk(ready, Math.min(work.size, this.#sizeOf(work.projection).now));
      const isTaken = await this.#attempt(work, places, chunk);
      if (isTaken && chunk.length === ready.length) return gaps;
    } catch (error) {
      // Another reader took the same messages in: what we did is rolled back, look again.
      if (!(error instanceof PlaceMoved)) await this.#pause(work, error);
    }
    return undefined;
  }

  /** False if the chunk is to be tried again by halves. */
  async #attempt(work: Work, places: LanePlaces, chunk: readonly Carried[]): Promise<boolean> {
    try {
      await this.#take(work, places, chunk);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.remedy === 'retry') throw error;
      const [only] = chunk;
      if (chunk.length > 1 || !only) {
        work.size = Math.ceil(chunk.length / 2);
        return false;
      }
      await this.#putAside(work, places, only, failure);
    }
    this.#advanced(work);
    return true;
  }

  /** The handler and the place, together. */
  async #take(work: Work, places: LanePlaces, chunk: readonly Carried[]): Promise<void> {
    const { projection, lane } = work;
    const [first] = chunk;
    if (first && isUnreadable(first.content)) {
      const { detail } = first.content;
      await this.#putAside(work, places, first, { remedy: 'bury', code: 'unreadable', detail });
      return;
    }
    await this.parts.db.transaction(async (transaction) => {
      await projection.handle(
        chunk.map(({ content }) => content as Message),
        transaction,
      );
      await this.parts.failpoint('projection.after-handle');
      await this.parts.places.move(transaction, projection.name, lane, places, chunk);
      await this.parts.failpoint('projection.after-place');
    });
    await this.parts.failpoint('projection.after-commit');
  }

  /** Past a message that never works. */
  async #putAside(work: Work, places: LanePlaces, carried: Carried, failure: Failure) {
    const { db, deadLetters, logger } = this.parts;
    const { name } = work.projection;
    const isBuried = failure.remedy === 'bury';
    await db.transaction(async (transaction) => {
      if (isBuried) await deadLetters.put(transaction, letterOf(name, work.lane, carried, failure));
      await this.parts.places.move(transaction, name, work.lane, places, [carried]);
    });
    logger[isBuried ? 'warn' : 'debug'](
      { projection: name, log: carried.log, seq: carried.seq, code: failure.code },
      isBuried ? 'a message went to the dead letters' : 'a message of an erased learner was passed',
    );
  }

  #advanced(work: Work): void {
    const { name } = work.projection;
    work.failures = 0;
    this.#sizeOf(work.projection).finished();
    work.size = Math.min(BATCH_MAX, work.size * 2);
    if (this.parts.progress.advanced(name))
      this.parts.logger.info({ projection: name }, 'the projection works again');
  }

  async #pause(work: Work, error: unknown): Promise<void> {
    const { progress, logger, backoff = BACKOFF } = this.parts;
    const { name } = work.projection;
    const { code } = failureOf(error);
    work.failures += 1;
    this.#sizeOf(work.projection).broken();
    if (progress.stalled(name, code))
      logger.warn(
        { projection: name, code, at: placeOf(error) },
        'a projection fails and is tried again',
      );
    await pauseBefore(work.failures, backoff, work.signal);
  }

  #sizeOf({ name }: Projection): BatchSize {
    const known = this.#sizes.get(name) ?? new BatchSize();
    this.#sizes.set(name, known);
    return known;
  }
}

/** Up to `size` readable messages, or a single unreadable one. */
const nextChunk = (ready: readonly Carried[], size: number): readonly Carried[] => {
  const end = ready.findIndex(({ content }) => isUnreadable(content));
  if (end === 0) return ready.slice(0, 1);
  return ready.slice(0, end > 0 ? Math.min(end, size) : size);
};
