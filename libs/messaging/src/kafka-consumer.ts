import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Projection } from '#log';
import { BATCH_MAX, type Driver } from './driver.js';
import type { Lane, LanePlaces } from './due.js';
import { codeOf } from './failure.js';
import type { KafkaLink } from './kafka-link.js';
import { fromRecord } from './kafka-record.js';
import { BACKOFF, pauseBefore } from './latch.js';
import type { MessagingLogger } from './logger.js';
import type { Places } from './places.js';
import type { Progress } from './progress.js';

export interface ConsumerParts {
  readonly link: KafkaLink;
  /** Name of the service: its groups begin with it. */
  readonly service: string;
  readonly driver: Driver;
  readonly places: Places;
  readonly progress: Progress;
  readonly logger: MessagingLogger;
}

/** How long the partitions of a reader that was killed, or hangs, wait for another. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 3_000;
/** Short, because stopping waits for the fetch under way; new messages come at once anyway. */
const FETCH_WAIT_MS = 1_000;
/** One slow learner's partition does not hold up all others. */
const PARTITIONS_AT_ONCE = 3;

/** What is known of a partition since it was assigned to us. */
interface Assigned {
  readonly lane: Lane;
  /** It reads from where the database says. */
  isPlaced: boolean;
  /** Gaps (log and place) for which it has been read from the beginning. */
  readonly sought: Set<string>;
}

/**
 * Reads the topics of one projection, as a consumer group of its own, so that a projection that
 * hangs, fails or starts over delays no other. Kafka only says who reads which partition: nothing is
 * committed to it. Where to read on is in the database, next to the place that decides what counts.
 * - A partition newly ours is read from its place's offset, or from the beginning without a place.
 * - A gap is answered by reading the partition once from its beginning; what was seen is skipped.
 *   If something is really missing, the log behind the gap waits, visibly, until it is published.
 */
export class ProjectionConsumer {
  readonly name: string;
  #isJoined = false;
  #consumer: Consumer | undefined;
  readonly #assigned = new Map<string, Assigned>();

  constructor(
    private readonly projection: Projection,
    private readonly parts: ConsumerParts,
  ) {
    this.name = projection.name;
  }

  /** Whether it has its partitions. */
  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Runs until `signal` aborts; whatever ends a session, the next one begins by itself. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = Date.now();
      try {
        await this.#session(signal);
      } catch (error) {
        this.parts.logger.debug({ projection: this.name, code: codeOf(error) }, 'reading anew');
      }
      failures = Date.now() - startedAt > SESSION_TIMEOUT_MS ? 1 : failures + 1;
      await pauseBefore(failures, { ...BACKOFF, mostMs: 3_000 }, signal);
    }
  }

  /** Its read model was emptied: everything is read again. */
  rewind(): void {
    for (const { lane, sought } of this.#assigned.values()) {
      sought.clear();
      this.#seek(lane, 0);
    }
  }

  async #session(signal: AbortSignal): Promise<void> {
    const { link } = this.parts;
    const consumer = link.kafka.consumer({
      groupId: link.nameOf(`${this.parts.service}.${this.name}`),
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      // Sessions are ours to begin.
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    const over = Promise.withResolvers<void>();
    over.promise.catch(() => undefined);
    const end = (): void => over.resolve();
    signal.addEventListener('abort', end);
    consumer.on(consumer.events.CRASH, ({ payload }) => over.reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
      this.#joined(payload.memberAssignment),
    );
    try {
      this.#consumer = consumer;
      await consumer.connect();
      await consumer.subscribe({
        topics: this.projection.topics.map((topic) => link.nameOf(topic)),
        fromBeginning: true,
      });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: (payload) => this.#eachBatch(payload, signal),
      });
      await over.promise;
    } finally {
      this.#isJoined = false;
      this.#consumer = undefined;
      signal.removeEventListener('abort', end);
      await consumer.disconnect().catch(() => undefined);
    }
  }

  #joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#assigned.clear();
    for (const [topic, partitions] of Object.entries(assignment))
      for (const partition of partitions) {
        const lane = { topic: this.parts.link.topicOf(topic), partition };
        this.#assigned.set(keyOf(lane), { lane, isPlaced: false, sought: new Set() });
      }
    this.#isJoined = true;
  }

  /**
   * A batch that is not resolved is fetched again by kafkajs, so every early return means: later.
   */
  async #eachBatch(payload: EachBatchPayload, signal: AbortSignal): Promise<void> {
    const { batch } = payload;
    const lane = { topic: this.parts.link.topicOf(batch.topic), partition: batch.partition };
    const assigned = this.#assigned.get(keyOf(lane));
    if (!assigned || !payload.isRunning() || payload.isStale()) return;
    const keeper = keepAlive(payload, signal);
    try {
      if (await this.#isMisplaced(lane, assigned, batch.messages[0]?.offset)) return;
      await this.#deliver(lane, payload, assigned, keeper.signal);
    } catch (error) {
      // Only the database can fail here; the driver has its own patience.
      if (this.parts.progress.stalled(this.name, codeOf(error)))
        this.parts.logger.warn({ projection: this.name, code: codeOf(error) }, 'cannot read');
      await pauseBefore(5, BACKOFF, keeper.signal);
    } finally {
      await keeper.stop();
    }
  }

  /** On the first batch after an assignment: true if it was sent to another offset. */
  async #isMisplaced(lane: Lane, assigned: Assigned, offset: string | undefined) {
    if (assigned.isPlaced) return false;
    const { nextOffset = 0 } = await this.parts.places.of(this.name, lane);
    assigned.isPlaced = true;
    if (Number(offset) >= nextOffset) return false;
    this.#seek(lane, nextOffset);
    return true;
  }

  async #deliver(
    lane: Lane,
    payload: EachBatchPayload,
    assigned: Assigned,
    signal: AbortSignal,
  ): Promise<void> {
    const { batch } = payload;
    for (let start = 0; start < batch.messages.length; start += BATCH_MAX) {
      const records = batch.messages.slice(start, start + BATCH_MAX);
      const last = records.at(-1)?.offset ?? '0';
      const carried = records.map((record) => fromRecord(lane.topic, record));
      const { isStopped, gaps } = await this.parts.driver.deliver(
        this.projection,
        lane,
        carried,
        signal,
      );
      if (isStopped || !payload.isRunning() || payload.isStale()) return;
      if (this.#seekFor(lane, assigned, gaps)) return;
      payload.resolveOffset(last);
      const waiting = Number(batch.highWatermark) - 1 - Number(last);
      this.parts.progress.waiting(this.name, keyOf(lane), waiting);
    }
  }

  /** True if a gap that is new sends it back to the beginning. */
  #seekFor(lane: Lane, assigned: Assigned, gaps: LanePlaces): boolean {
    const key = keyOf(lane);
    if (this.parts.progress.gap(this.name, key, gaps.size > 0))
      this.parts.logger.warn(
        { projection: this.name, lane: key, behind: Object.fromEntries(gaps) },
        'something is missing before the next message; reading from the beginning',
      );
    const fresh = [...gaps].map(([log, place]) => `${log}@${place}`);
    const isNew = fresh.some((gap) => !assigned.sought.has(gap));
    for (const gap of fresh) assigned.sought.add(gap);
    if (isNew) this.#seek(lane, 0);
    return isNew;
  }

  #seek({ topic, partition }: Lane, offset: number): void {
    // Between sessions there is nothing to send elsewhere: the next one starts from the database.
    try {
      const name = this.parts.link.nameOf(topic);
      this.#consumer?.seek({ topic: name, partition, offset: `${offset}` });
    } catch (error) {
      this.parts.logger.debug({ code: codeOf(error) }, 'not running, so not sought');
    }
  }
}

const keyOf = ({ topic, partition }: Lane): string => `${topic}/${partition}`;

/** Heartbeats while a handler works; `signal` aborts when the group no longer counts on us. */
const keepAlive = (payload: EachBatchPayload, stopping: AbortSignal) => {
  const lost = new AbortController();
  let reason: unknown;
  const timer = setInterval(() => {
    payload.heartbeat().catch((error: unknown) => {
      reason = error;
      lost.abort();
    });
  }, HEARTBEAT_MS);
  return {
    signal: AbortSignal.any([stopping, lost.signal]),
    stop: (): Promise<void> => {
      clearInterval(timer);
      // kafkajs joins the group again when it is told what its heartbeat was told.
      return reason === undefined ? Promise.resolve() : Promise.reject(reason);
    },
  };
};
