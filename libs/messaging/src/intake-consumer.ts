import type { DataSource } from 'typeorm';
import { clientOfIntake, problemOf } from '#contracts';
import { ConcurrencyError, type Failpoint, isAway } from '#kernel';
import type { Intake, IntakeAnswer, IntakeMessage } from '#log';
import { type Lane, type LanePlaces, nameOfLane } from './due.js';
import { codeOf } from './failure.js';
import { IntakeAdmission } from './intake-admission.js';
import { isBuried, type IntakeLetters } from './intake-letters.js';
import { messageOf } from './intake-record.js';
import type { IntakeReceipts } from './intake-receipts.js';
import { IntakeTopics } from './intake-topics.js';
import type { Assignment, Batch, Incoming, Kafka } from './kafka.js';
import { KnownTopics } from './known-topics.js';
import { keepReading } from './keep-reading.js';
import { LaneCursor } from './lane-cursor.js';
import { BACKOFF, type Backoff, Latch, pauseBefore } from './latch.js';
import type { MessagingLogger } from './logger.js';
import { BY_OFFSET, PlaceMoved, type Places } from './places.js';
import type { Progress } from './progress.js';

/** Taken in, and answered, at once. */
const MESSAGES_MAX = 1_000;
const BYTES_MAX = 8 * 1024 * 1024;
/** While one waits for the database, or for Kafka to have the answers, others are checked and sealed. */
const LANES_AT_ONCE = 4;
/** A message that breaks us so often, for another reason than that something is away, is poison. */
const POISON_TRIES = 3;
const FORGET_MS = 3_600_000;

export type IntakeCounts = Readonly<Record<'recorded' | 'duplicate' | 'test' | 'refused', number>>;
export const NOTHING_TAKEN: IntakeCounts = { recorded: 0, duplicate: 0, test: 0, refused: 0 };

export interface IntakeParts {
  readonly db: DataSource;
  readonly kafka: Kafka;
  /** Name of the service: its group begins with it. */
  readonly service: string;
  readonly places: Places;
  readonly letters: IntakeLetters;
  readonly receipts: IntakeReceipts;
  readonly progress: Progress;
  readonly logger: MessagingLogger;
  readonly failpoint: Failpoint;
  readonly backoff?: Backoff;
}

/**
 * Reads what clients write to their intake topics, as far as the intake lets them in: the rest waits
 * in Kafka, and other clients go on. The order of steps for a batch:
 * 1. the intake takes it in, and answers after its commit;
 * 2. the answers are published, confirmed by all replicas in sync;
 * 3. one transaction: what was refused goes to the dead letters, and the place moves behind it.
 * A crash between any two brings the batch again. The intake tells what it has, so nothing is
 * recorded twice; an answer may be there twice, the second time saying `duplicate`. While something
 * is away nothing moves: messages wait in Kafka.
 */
export class IntakeConsumer {
  readonly name: string;
  readonly #topics: IntakeTopics;
  readonly #known: KnownTopics;
  readonly #cursors = new Map<string, LaneCursor>();
  /** The places of our lanes as they were last read or written: what they are moved from. */
  readonly #from = new Map<string, LanePlaces>();
  readonly #admission: IntakeAdmission;
  #assignment: Assignment | undefined;
  #counts = NOTHING_TAKEN;

  constructor(
    private readonly intake: Intake,
    private readonly parts: IntakeParts,
  ) {
    this.name = intake.name;
    this.#topics = new IntakeTopics(intake, parts.kafka, parts.logger);
    this.#known = new KnownTopics(intake.name, parts);
    this.#admission = new IntakeAdmission(intake);
  }

  topics(): Promise<readonly string[]> {
    return this.#topics.names();
  }

  /** What became of the messages that this process took in. */
  get counts(): IntakeCounts {
    return this.#counts;
  }

  /** Runs until `signal` aborts; a session ends also when a client is added. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      keepReading(this.name, this.parts.logger, signal, () => this.#session(signal)),
      this.#forget(signal),
    ]);
  }

  /** Its places were forgotten: everything that Kafka has is read again. */
  rewind(): void {
    for (const lane of this.#assignment?.lanes ?? []) {
      this.#cursors.get(nameOfLane(lane))?.unplace();
      this.#assignment?.seek(lane, 0);
    }
  }

  async #forget(signal: AbortSignal): Promise<void> {
    const latch = new Latch();
    while (!signal.aborted) {
      // What is not forgotten now, because the database is away, is in an hour.
      await this.parts.letters.forgetOld().catch(() => undefined);
      await latch.wait(FORGET_MS, signal);
    }
  }

  async #session(signal: AbortSignal): Promise<void> {
    const clients = await this.#topics.prepare();
    const changed = new AbortController();
    const ending = AbortSignal.any([signal, changed.signal]);
    const watching = this.#topics.untilOthers(ending).then(() => changed.abort());
    const subscription = {
      group: `${this.parts.service}.${this.name}`,
      topics: clients,
      lanesAtOnce: LANES_AT_ONCE,
      onJoined: (assignment: Assignment) => this.#joined(assignment),
      onBatch: (batch: Batch) => this.#onBatch(batch),
    };
    try {
      if (clients.length > 0) await this.parts.kafka.consume(subscription, ending);
      else await watching;
    } finally {
      this.#assignment = undefined;
      changed.abort();
      await watching;
    }
  }

  #joined(assignment: Assignment): void {
    this.#cursors.clear();
    this.#admission.clear();
    for (const lane of assignment.lanes) this.#cursors.set(nameOfLane(lane), new LaneCursor());
    this.#known.joined(assignment.lanes);
    this.#assignment = assignment;
  }

  async #onBatch(batch: Batch): Promise<void> {
    const cursor = this.#cursors.get(nameOfLane(batch.lane));
    if (!cursor) return;
    try {
      if (await this.#isMisplaced(batch.lane, cursor, Number(batch.records[0]?.offset))) return;
      const { turn } = cursor;
      for (const some of chunksOf(batch.records)) {
        const { chunk, waitMs } = await this.#admission.admit(batch.lane, some);
        if ((chunk.length > 0 && !(await this.#bringIn(batch, chunk))) || !batch.isOurs()) return;
        if (cursor.turn !== turn) return;
        this.#passed(batch, cursor, chunk);
        if (chunk.length === some.length) continue;
        this.#waiting(batch, Number(some[chunk.length]?.offset));
        return batch.pause(waitMs);
      }
    } catch (error) {
      // Somebody else read on, or ordered to read again. The answers say so, and come twice.
      if (error instanceof PlaceMoved) cursor.unplace();
      else await this.#stalled(error, 3, batch.signal);
    }
  }

  #passed(batch: Batch, cursor: LaneCursor, chunk: readonly Incoming[]): void {
    const last = chunk.at(-1)?.offset;
    if (last === undefined) return;
    batch.resolve(last);
    cursor.passed(Number(last));
    this.#waiting(batch, Number(last) + 1);
    this.#works();
  }

  /** Says how many messages of a lane wait, from the next on. */
  #waiting({ lane, end }: Batch, next: number): void {
    this.parts.progress.waiting(this.name, nameOfLane(lane), end - next);
  }

  /** True if the client has to read elsewhere: it began, or went on, where it should not. */
  async #isMisplaced(lane: Lane, cursor: LaneCursor, first: number): Promise<boolean> {
    if (!cursor.isPlaced) {
      // What is in hand may still be of the old one.
      const isAnew = await this.#known.isAnew(lane.topic);
      await this.parts.places.begin(this.name, lane);
      const { places, nextOffset = 0 } = await this.parts.places.of(this.name, lane);
      this.#from.set(nameOfLane(lane), places);
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

  /** All steps for one chunk. False if it was stopped before the last. */
  async #bringIn({ lane, signal }: Batch, chunk: readonly Incoming[]): Promise<boolean> {
    const { db, places, receipts, letters, failpoint } = this.parts;
    const client = clientOfIntake(lane.topic) ?? '';
    // Before anything is done: who orders meanwhile that all is read again must not be overruled.
    const from = this.#from.get(nameOfLane(lane)) ?? new Map<string, number>();
    const last = Number(chunk.at(-1)?.offset);
    const messages = chunk.map(messageOf);
    const answers = await this.#take(client, messages, signal);
    if (!answers) return false;
    const answered = chunk.map(({ offset }, n) => ({
      place: { client, lane, offset: Number(offset) },
      message: messages[n] ?? { key: null, headers: [], value: null },
      answer: answers[n] ?? { result: problemOf('internal-error') },
    }));
    await failpoint('intake.after-take');
    await receipts.publish(answered);
    await failpoint('intake.after-answer');
    await db.transaction(async (transaction) => {
      for (const one of answered.filter(isBuried)) await letters.bury(transaction, one);
      const taken = { log: BY_OFFSET, seq: last, nextOffset: last + 1 };
      await places.move(transaction, this.name, lane, from, [taken]);
      await failpoint('intake.after-place');
    });
    this.#from.set(nameOfLane(lane), new Map([[BY_OFFSET, last]]));
    await failpoint('intake.after-commit');
    this.#count(answers);
    return true;
  }

  #count(answers: readonly IntakeAnswer[]): void {
    const counts = { ...this.#counts };
    for (const { result } of answers) counts['code' in result ? 'refused' : result.status] += 1;
    this.#counts = counts;
  }

  /** Answers for all; a message that breaks the intake is found by halving, and answered for it. */
  async #take(
    client: string,
    messages: readonly IntakeMessage[],
    signal: AbortSignal,
  ): Promise<readonly IntakeAnswer[] | undefined> {
    for (let attempt = 1; !signal.aborted; attempt += 1)
      try {
        return await this.intake.take(client, messages);
      } catch (error) {
        // A driver's own words count too: what is away must not make a message poison.
        const waits = isAway(error) || error instanceof ConcurrencyError;
        if (!waits && messages.length > 1) return await this.#takeHalves(client, messages, signal);
        if (!waits && attempt >= POISON_TRIES) {
          this.parts.logger.error({ code: codeOf(error), client }, 'a message breaks the intake');
          return messages.map(() => ({ result: problemOf('internal-error') }));
        }
        await this.#stalled(error, attempt, signal);
      }
    return undefined;
  }

  async #takeHalves(client: string, messages: readonly IntakeMessage[], signal: AbortSignal) {
    const middle = Math.ceil(messages.length / 2);
    const first = await this.#take(client, messages.slice(0, middle), signal);
    const second = first && (await this.#take(client, messages.slice(middle), signal));
    return second && [...first, ...second];
  }

  #works(): void {
    if (this.parts.progress.advanced(this.name))
      this.parts.logger.info({ reader: this.name }, 'the intake works again');
  }

  async #stalled(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    const { progress, logger, backoff = BACKOFF } = this.parts;
    const code = codeOf(error);
    if (progress.stalled(this.name, code))
      logger.warn({ reader: this.name, code }, 'the intake waits; messages stay in Kafka');
    await pauseBefore(attempt, { ...backoff, mostMs: Math.min(backoff.mostMs, 2_000) }, signal);
  }
}

/** Cut so that no chunk is large in number or in bytes; a large record is alone. */
const chunksOf = (records: readonly Incoming[]): readonly (readonly Incoming[])[] => {
  const chunks: Incoming[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = record.value?.length ?? 0;
    const chunk = chunks.at(-1);
    if (chunk && chunk.length < MESSAGES_MAX && bytes + size <= BYTES_MAX) {
      chunk.push(record);
      bytes += size;
    } else {
      chunks.push([record]);
      bytes = size;
    }
  }
  return chunks;
};
