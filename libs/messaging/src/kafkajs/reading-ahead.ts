import { Bell } from '#kernel';
import { type Lane, nameOfLane } from '../due.js';
import type { Batch, Incoming } from '../kafka.js';

/** Who is behind has large batches, of which few are in memory at once. */
const AHEAD_AT_ONCE = 6;

/** What one fetch brought of a lane, as kafkajs hands it over. */
export interface Fetched {
  readonly lane: Lane;
  /** At least one. */
  readonly records: readonly Incoming[];
  /** The offset after the lane's last record. */
  readonly end: number;
  /** False once the client stops. */
  isRunning(): boolean;
  /** True once the lane was sent elsewhere: what is in hand is not what comes next. */
  isStale(): boolean;
  /** The client reads on behind this offset. */
  resolve(offset: string): void;
  pause(ms: number): void;
  /** Does nothing if it is too soon. Rejects when the group no longer counts on us. */
  heartbeat(): Promise<void>;
}

export interface ReadingAheadParts {
  /** Takes in what a lane has. */
  readonly onBatch: (batch: Batch) => Promise<void>;
  /** Sends the client elsewhere. */
  readonly seek: (lane: Lane, offset: number) => void;
  /** `onBatch` failed: nothing more will come of this session. */
  readonly failed: (error: unknown) => void;
  /** How many lanes are taken in at once. */
  readonly lanesAtOnce: number;
  /** How often to heartbeat while kafkajs waits for us. */
  readonly heartbeatMs: number;
}

interface LaneInHand {
  isBusy: boolean;
  /** Another one after the lane was sent elsewhere, or dealt anew. */
  turn: number;
}

/** A batch on its way in. */
interface Taking {
  /** Whether the client reads on meanwhile. */
  readonly isAhead: boolean;
  readonly isOurs: () => boolean;
  readonly signal: AbortSignal;
  isDone: boolean;
}

/**
 * kafkajs fetches, waits until all of that is taken in, and only then fetches again: whoever is
 * behind then waits for Kafka, and Kafka for them. So what a lane has is taken in while kafkajs reads
 * on, if there is more to come; where the lane ends, it waits as it always did, and what comes
 * meanwhile comes at once. Lanes keep their order: each has one batch in hand, and one that waits.
 * What was not taken in is read again; what was read ahead of it is dropped.
 */
export class ReadingAhead {
  readonly #lanes = new Map<string, LaneInHand>();
  readonly #bell = new Bell();
  #membership = new AbortController();
  #busy = 0;
  #isEnded = false;

  constructor(private readonly parts: ReadingAheadParts) {}

  /**
   * Returns as soon as kafkajs may read on. Rejects with what the heartbeat rejects with: then kafkajs
   * joins the group again.
   */
  async accept(fetched: Fetched): Promise<void> {
    const lane = this.#of(fetched.lane);
    const { turn } = lane;
    const { signal } = this.#membership;
    const isOurs = (): boolean => !this.#isEnded && fetched.isRunning() && lane.turn === turn;
    const isNext = (): boolean => isOurs() && !fetched.isStale() && !signal.aborted;
    const last = fetched.records.at(-1)?.offset ?? '';
    const isAhead = Number(last) + 1 < fetched.end;
    const atOnce = isAhead
      ? Math.min(AHEAD_AT_ONCE, this.parts.lanesAtOnce)
      : this.parts.lanesAtOnce;
    try {
      while (isNext() && (lane.isBusy || this.#busy >= atOnce)) await this.#wait(fetched);
      if (!isNext()) return;
      const taking = { isAhead, isOurs, signal, isDone: false };
      if (isAhead) fetched.resolve(last);
      void this.#take(lane, fetched, taking);
      if (isAhead) return;
      while (!taking.isDone) await this.#wait(fetched);
    } catch (error) {
      this.#lost();
      throw error;
    }
  }

  /** The group has dealt its lanes anew. */
  joined(): void {
    for (const lane of this.#lanes.values()) lane.turn += 1;
    this.#lost();
  }

  /** Somebody sends a lane elsewhere: what is in hand of it counts no more. */
  sought(lane: Lane): void {
    this.#of(lane).turn += 1;
  }

  /** Stops all that is in hand. Returns when nothing is. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#lost();
    while (this.#busy > 0) await this.#bell.wait(this.parts.heartbeatMs);
  }

  #of(lane: Lane): LaneInHand {
    const name = nameOfLane(lane);
    const known = this.#lanes.get(name) ?? { isBusy: false, turn: 0 };
    this.#lanes.set(name, known);
    return known;
  }

  async #wait(fetched: Fetched): Promise<void> {
    await this.#bell.wait(this.parts.heartbeatMs);
    await fetched.heartbeat();
  }

  /** What is in hand may be somebody else's by now. */
  #lost(): void {
    this.#membership.abort();
    this.#membership = new AbortController();
    this.#bell.ring();
  }

  async #take(lane: LaneInHand, fetched: Fetched, taking: Taking): Promise<void> {
    const { lane: place, records, end } = fetched;
    const { isAhead, isOurs, signal } = taking;
    lane.isBusy = true;
    this.#busy += 1;
    let done = -1;
    try {
      await this.parts.onBatch({
        lane: place,
        records,
        end,
        signal,
        isOurs,
        pause: (ms) => fetched.pause(ms),
        resolve: (offset) => {
          done = Number(offset);
          if (!isAhead) fetched.resolve(offset);
        },
      });
    } catch (error) {
      this.parts.failed(error);
    }
    const rest = records.find(({ offset }) => Number(offset) > done);
    if (isAhead && rest && isOurs()) this.parts.seek(place, Number(rest.offset));
    lane.isBusy = false;
    this.#busy -= 1;
    taking.isDone = true;
    this.#bell.ring();
  }
}
