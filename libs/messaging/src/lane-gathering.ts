import { setImmediate as turn } from 'node:timers/promises';
import type { Message } from '#contracts';
import type { Projection } from '#log';
import { BatchSize } from './batch-size.js';
import type { Delivered, Driver, DriverParts } from './driver.js';
import { type Carried, due, isUnreadable, type Lane, type LanePlaces, nameOfLane } from './due.js';
import { codeOf } from './failure.js';

/** A batch of one lane that waits to be taken in. */
interface Waiting {
  readonly lane: Lane;
  readonly batch: readonly Carried[];
  readonly signal: AbortSignal;
  readonly settle: (delivered: Delivered | PromiseLike<Delivered>) => void;
}

export interface GatheringParts extends Pick<
  DriverParts,
  'db' | 'places' | 'progress' | 'logger' | 'failpoint'
> {
  readonly driver: Driver;
}

/** Lanes that have to go by themselves do so a few at a time: each holds a connection. */
const ALONE_AT_ONCE = 3;

/**
 * Takes what several lanes have for one projection in together, as one batch in one transaction:
 * a lane often has a few messages only, and most of what a batch costs does not depend on its size.
 * If anything goes wrong nothing of it was done, and each lane is driven by itself, so that what
 * fails in one holds up no other.
 */
export class LaneGathering {
  readonly #waiting: Waiting[] = [];
  readonly #alone: Waiting[] = [];
  readonly #size = new BatchSize();
  #isTaking = false;
  #aloneNow = 0;

  constructor(
    private readonly projection: Projection,
    private readonly parts: GatheringParts,
  ) {}

  /** As Driver.deliver. */
  deliver(lane: Lane, batch: readonly Carried[], signal: AbortSignal): Promise<Delivered> {
    return new Promise((settle) => {
      this.#waiting.push({ lane, batch, signal, settle });
      void this.#takeWaiting();
    });
  }

  async #takeWaiting(): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    // The lanes of one fetch come one after the other.
    await turn();
    for (let group = this.#next(); group.length > 0; group = this.#next())
      if (!(await this.#areTaken(group))) this.#driveAlone(group);
    this.#isTaking = false;
  }

  /** As many as make a batch, at least one. */
  #next(): readonly Waiting[] {
    let messages = 0;
    const over = this.#waiting.findIndex(({ batch }) => {
      messages += batch.length;
      return messages > this.#size.now;
    });
    return this.#waiting.splice(0, over < 0 ? this.#waiting.length : Math.max(1, over));
  }

  async #areTaken(group: readonly Waiting[]): Promise<boolean> {
    if (group.length < 2 || group.some(({ signal }) => signal.aborted)) return false;
    try {
      const gaps = await this.#take(group);
      if (!gaps) return false;
      this.#size.finished();
      for (const [n, { settle }] of group.entries())
        settle({ isStopped: false, gaps: gaps[n] ?? new Map() });
      return true;
    } catch (error) {
      const { name } = this.projection;
      this.#size.broken();
      this.parts.logger.debug({ projection: name, code: codeOf(error) }, 'lane by lane, then');
      return false;
    }
  }

  /** Out: the gaps of each lane; undefined if there is something that cannot be read. */
  async #take(group: readonly Waiting[]): Promise<readonly LanePlaces[] | undefined> {
    const { db, places, failpoint, progress } = this.parts;
    const { name } = this.projection;
    const all = await places.ofLanes(name);
    const lanes = group.map(({ lane, batch }) => {
      const from = all.get(nameOfLane(lane)) ?? new Map<string, number>();
      return { lane, from, ...due(from, batch) };
    });
    const ready = lanes.flatMap((lane) => lane.ready);
    if (ready.some(({ content }) => isUnreadable(content))) return undefined;
    if (ready.length > 0) {
      await db.transaction(async (transaction) => {
        await this.projection.handle(
          ready.map(({ content }) => content as Message),
          transaction,
        );
        await failpoint('projection.after-handle');
        await places.moveLanes(transaction, name, lanes);
        await failpoint('projection.after-place');
      });
      await failpoint('projection.after-commit');
      progress.advanced(name);
    }
    return lanes.map(({ gaps }) => gaps);
  }

  #driveAlone(group: readonly Waiting[] = []): void {
    this.#alone.push(...group);
    while (this.#aloneNow < ALONE_AT_ONCE) {
      const next = this.#alone.shift();
      if (!next) return;
      this.#aloneNow += 1;
      const { lane, batch, signal, settle } = next;
      const delivered = this.parts.driver
        .deliver(this.projection, lane, batch, signal)
        .finally(() => {
          this.#aloneNow -= 1;
          this.#driveAlone();
        });
      settle(delivered);
    }
  }
}
