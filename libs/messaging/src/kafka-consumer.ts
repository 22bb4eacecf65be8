import type { Projection } from '#log';
import { BATCH_MAX } from './batch-size.js';
import { type Lane, type LanePlaces, nameOfLane } from './due.js';
import { codeOf } from './failure.js';
import type { Assignment, Batch, Kafka } from './kafka.js';
import { fromRecord } from './kafka-record.js';
import { KnownTopics } from './known-topics.js';
import { LaneCursor } from './lane-cursor.js';
import { type GatheringParts, LaneGathering } from './lane-gathering.js';
import { BACKOFF, pauseBefore } from './latch.js';
import { keepReading } from './keep-reading.js';

export interface ConsumerParts extends GatheringParts {
  readonly kafka: Kafka;
  /** Name of the service: its groups begin with it. */
  readonly service: string;
}

/** What they have is taken in together. */
const LANES_AT_ONCE = 24;

/** What is known of a partition since it was assigned to us. */
interface Assigned {
  readonly lane: Lane;
  readonly cursor: LaneCursor;
  /** Gaps (log and place) for which it has been read from the beginning. */
  readonly sought: Set<string>;
}

/**
 * Reads the topics of one projection, as a consumer group of its own, so that a projection that
 * hangs, fails or starts over delays no other. Kafka only says who reads which partition: nothing is
 * committed to it. Where to read on is in the database, next to the place that decides what counts.
 * - A partition newly ours is read from its place's offset, or from the beginning without a place.
 * - So is one whose topic was deleted and made anew (KnownTopics).
 * - A gap is answered by reading the partition once from its beginning; what was seen is skipped.
 *   If something is really missing, the log behind the gap waits, visibly, until it is published.
 */
export class ProjectionConsumer {
  readonly name: string;
  #assignment: Assignment | undefined;
  readonly #assigned = new Map<string, Assigned>();
  readonly #gathering: LaneGathering;
  readonly #known: KnownTopics;

  constructor(
    private readonly projection: Projection,
    private readonly parts: ConsumerParts,
  ) {
    this.name = projection.name;
    this.#gathering = new LaneGathering(projection, parts);
    this.#known = new KnownTopics(projection.name, parts);
  }

  get topics(): readonly string[] {
    return this.projection.topics;
  }

  /** Whether it has its partitions. */
  get isJoined(): boolean {
    return this.#assignment !== undefined;
  }

  /** Runs until `signal` aborts; whatever ends a session, the next one begins by itself. */
  run(signal: AbortSignal): Promise<void> {
    return keepReading(this.name, this.parts.logger, signal, () => this.#session(signal));
  }

  /** Its read model was emptied: everything is read again. */
  rewind(): void {
    for (const assigned of this.#assigned.values()) {
      assigned.sought.clear();
      this.#seek(assigned, 0);
    }
  }

  async #session(signal: AbortSignal): Promise<void> {
    const subscription = {
      group: `${this.parts.service}.${this.name}`,
      topics: this.projection.topics,
      lanesAtOnce: LANES_AT_ONCE,
      onJoined: (assignment: Assignment) => this.#joined(assignment),
      onBatch: (batch: Batch) => this.#onBatch(batch),
    };
    try {
      await this.parts.kafka.consume(subscription, signal);
    } finally {
      this.#assignment = undefined;
    }
  }

  #joined(assignment: Assignment): void {
    this.#assigned.clear();
    for (const lane of assignment.lanes)
      this.#assigned.set(nameOfLane(lane), {
        lane,
        cursor: new LaneCursor(),
        sought: new Set(),
      });
    this.#known.joined(assignment.lanes);
    this.#assignment = assignment;
  }

  async #onBatch(batch: Batch): Promise<void> {
    const assigned = this.#assigned.get(nameOfLane(batch.lane));
    if (!assigned) return;
    try {
      if (await this.#isMisplaced(assigned, Number(batch.records[0]?.offset))) return;
      await this.#deliver(batch, assigned);
    } catch (error) {
      // Only the database or Kafka can fail here; the driver has its own patience.
      if (this.parts.progress.stalled(this.name, codeOf(error)))
        this.parts.logger.warn({ projection: this.name, code: codeOf(error) }, 'cannot read');
      await pauseBefore(5, BACKOFF, batch.signal);
    }
  }

  /** True if the client has to read elsewhere: it began, or went on, where it should not. */
  async #isMisplaced(assigned: Assigned, first: number): Promise<boolean> {
    const { cursor, lane } = assigned;
    if (!cursor.isPlaced) {
      // What is in hand may still be of the old one.
      const isAnew = await this.#known.isAnew(lane.topic);
      const { nextOffset = 0 } = await this.parts.places.of(this.name, lane);
      cursor.place(nextOffset);
      if (isAnew) {
        this.#assignment?.seek(lane, nextOffset);
        return true;
      }
    }
    const detour = cursor.detour(first);
    if (detour !== undefined) this.#assignment?.seek(lane, detour);
    return detour !== undefined;
  }

  async #deliver(batch: Batch, assigned: Assigned): Promise<void> {
    const { lane, records, signal } = batch;
    const { turn } = assigned.cursor;
    for (let start = 0; start < records.length; start += BATCH_MAX) {
      const chunk = records.slice(start, start + BATCH_MAX);
      const last = chunk.at(-1)?.offset ?? '0';
      const carried = chunk.map((record) => fromRecord(lane.topic, record));
      const { isStopped, gaps } = await this.#gathering.deliver(lane, carried, signal);
      if (isStopped || !batch.isOurs() || assigned.cursor.turn !== turn) return;
      if (this.#seekFor(assigned, gaps)) return;
      batch.resolve(last);
      assigned.cursor.passed(Number(last));
      this.parts.progress.waiting(this.name, nameOfLane(lane), batch.end - 1 - Number(last));
    }
  }

  /** True if a gap that is new sends it back to the beginning. */
  #seekFor(assigned: Assigned, gaps: LanePlaces): boolean {
    const { lane, sought } = assigned;
    const name = nameOfLane(lane);
    if (this.parts.progress.gap(this.name, name, gaps.size > 0))
      this.parts.logger.warn(
        { projection: this.name, lane: name, behind: Object.fromEntries(gaps) },
        'something is missing before the next message; reading from the beginning',
      );
    const fresh = [...gaps].map(([log, place]) => `${log}@${place}`);
    const isNew = fresh.some((gap) => !sought.has(gap));
    for (const gap of fresh) sought.add(gap);
    if (isNew) this.#seek(assigned, 0);
    return isNew;
  }

  #seek({ lane, cursor }: Assigned, offset: number): void {
    cursor.place(offset);
    this.#assignment?.seek(lane, offset);
  }
}
