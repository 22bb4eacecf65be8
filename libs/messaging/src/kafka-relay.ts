import type { DataSource, QueryRunner } from 'typeorm';
import type { Failpoint } from '#kernel';
import type { Log, VerbatimEntry } from '#log';
import { codeOf } from './failure.js';
import type { Kafka, KafkaProducer, Outgoing } from './kafka.js';
import { BACKOFF, Latch, pauseBefore } from './latch.js';
import type { MessagingLogger } from './logger.js';
import {
  checkRelayState,
  loadRelayState,
  type RelayState,
  saveRelayState,
  stage,
  type Staged,
} from './relay-state.js';

/** How far the relay of this process is. */
export interface RelayStatus {
  /** `waiting`: another process of the service publishes, and this one is ready to take over. */
  readonly role: 'starting' | 'leading' | 'waiting' | 'failing';
  /** Last seq published; undefined until it is known. */
  readonly cursor: number | undefined;
  /** Entries not published yet, as far as this process has seen. */
  readonly lag: number;
  readonly lastError?: string;
}

export interface RelayParts {
  readonly db: DataSource;
  readonly log: Log;
  readonly kafka: Kafka;
  readonly logger: MessagingLogger;
  readonly failpoint: Failpoint;
}

/** Fallback for what `Log.onCommit` cannot tell: commits of other processes. */
const POLL_MS = 250;
const LOCK_RETRY_MS = 500;
/** Entries published at once. */
const PUBLISH_MAX = 1_000;
/** Bytes published at once: less than a broker takes in one batch of a partition. */
const BYTES_MAX = 2 * 1024 * 1024;

/**
 * Publishes the log. One at a time per log: who holds an advisory lock on a connection of its own.
 * Order of steps: read behind the cursor; publish, confirmed by all replicas in sync; then move the
 * cursor and the partitions' last seq in one statement, on the connection of the lock, so that who
 * lost the lock cannot commit. One page is on its way while the one before is written down and the
 * next is made ready. A crash before a page is written down publishes the same again, and readers
 * skip it by its seq. Nothing rests on the producer being idempotent: it may silently not be.
 */
export class KafkaRelay {
  readonly #latch = new Latch();
  readonly #lockRetry = new Latch();
  #status: RelayStatus = { role: 'starting', cursor: undefined, lag: 0 };

  constructor(private readonly parts: RelayParts) {}

  get status(): RelayStatus {
    return this.#status;
  }

  async run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.parts.log.onCommit(() => this.#latch.open());
    let failures = 0;
    while (!signal.aborted)
      try {
        await this.#lead(signal, () => (failures = 0));
      } catch (error) {
        failures += 1;
        const code = codeOf(error);
        if (this.#status.lastError !== code)
          this.parts.logger.warn({ code }, 'the relay fails and is tried again');
        this.#status = { ...this.#status, role: 'failing', lastError: code };
        await pauseBefore(failures, { ...BACKOFF, mostMs: 3_000 }, signal);
      }
    unsubscribe();
  }

  async #lead(signal: AbortSignal, onSuccess: () => void): Promise<void> {
    const { db, log, kafka } = this.parts;
    const runner = db.createQueryRunner();
    let producer: KafkaProducer | undefined;
    let saved: Promise<void> = Promise.resolve();
    try {
      await this.#lock(runner, signal);
      if (signal.aborted) return;
      let state = await loadRelayState(runner, log.name);
      producer = await kafka.producer();
      let ahead: Promise<Staged> | undefined;
      while (!signal.aborted) {
        const { records, next } = await (ahead ?? this.#stage(state));
        const isMore = records.length > 0;
        // The next ones are made ready while these are on their way, and these written down while
        // the next ones are.
        ahead = isMore ? this.#stage(next) : undefined;
        if (isMore) await this.#publish(producer, records);
        await saved;
        onSuccess();
        if (isMore) saved = this.#save(runner, state, next);
        else await this.#rest(runner, state, signal);
        saved.catch(() => undefined);
        state = next;
      }
    } finally {
      await saved.catch(() => undefined);
      await producer?.close();
      await unlock(runner, log.name);
    }
  }

  /** The records that follow. A failure is told to whoever awaits it, if anybody still does. */
  #stage(state: RelayState): Promise<Staged> {
    const { log } = this.parts;
    const staged = log
      .readVerbatim({ after: state.cursor, limit: PUBLISH_MAX })
      .then((entries) => stage(state, upToBytes(entries)));
    staged.catch(() => undefined);
    return staged;
  }

  async #lock(runner: QueryRunner, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [row] = (await runner.query(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) "isOurs"',
        [lockOf(this.parts.log.name)],
      )) as { isOurs: boolean }[];
      if (row?.isOurs) return;
      this.#status = { role: 'waiting', cursor: undefined, lag: 0 };
      await this.#lockRetry.wait(LOCK_RETRY_MS, signal);
    }
  }

  async #publish(producer: KafkaProducer, records: readonly Outgoing[]): Promise<void> {
    await this.parts.failpoint('relay.before-publish');
    await producer.send(records);
    await this.parts.failpoint('relay.after-publish');
  }

  async #save(runner: QueryRunner, from: RelayState, to: RelayState): Promise<void> {
    const { log, failpoint } = this.parts;
    await saveRelayState(runner, log.name, from, to);
    await failpoint('relay.after-state');
    const { size } = await log.head();
    this.#status = { role: 'leading', cursor: to.cursor, lag: size - 1 - to.cursor };
  }

  /** Nothing is to be published: makes sure that it is still ours to do, and waits. */
  async #rest(runner: QueryRunner, state: RelayState, signal: AbortSignal): Promise<void> {
    this.#status = { role: 'leading', cursor: state.cursor, lag: 0 };
    await checkRelayState(runner, this.parts.log.name, state);
    await this.#latch.wait(POLL_MS, signal);
  }
}

const lockOf = (log: string): string => `messaging.relay:${log}`;

const unlock = async (runner: QueryRunner, log: string): Promise<void> => {
  // A connection that is gone has lost the lock already.
  await runner
    .query('select pg_advisory_unlock(hashtextextended($1, 0))', [lockOf(log)])
    .catch(() => undefined);
  await runner.release().catch(() => undefined);
};

/** The first entries, at least one, that together stay below the limit. */
const upToBytes = (entries: readonly VerbatimEntry[]): readonly VerbatimEntry[] => {
  let bytes = 0;
  const end = entries.findIndex(({ content }) => {
    bytes += Buffer.byteLength(content);
    return bytes > BYTES_MAX;
  });
  return end < 0 ? entries : entries.slice(0, Math.max(1, end));
};
