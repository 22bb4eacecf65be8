import type { DataSource, QueryRunner } from 'typeorm';
import type { Failpoint } from '#kernel';
import type { Log, StoredEntry } from '#log';
import { codeOf } from './failure.js';
import type { Kafka, KafkaProducer } from './kafka.js';
import { BACKOFF, Latch, pauseBefore } from './latch.js';
import type { MessagingLogger } from './logger.js';
import {
  checkRelayState,
  loadRelayState,
  type RelayState,
  saveRelayState,
  stage,
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
 * cursor and the partitions' last seq in one transaction, on the connection of the lock, so that who
 * lost the lock cannot commit. A crash between the last two publishes the same again, and readers
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
    try {
      await this.#lock(runner, signal);
      if (signal.aborted) return;
      let state = await loadRelayState(runner, log.name);
      producer = await kafka.producer();
      let ahead: Promise<readonly StoredEntry[]> | undefined;
      while (!signal.aborted) {
        const entries = await (ahead ?? readAfter(log, state.cursor));
        const last = entries.at(-1);
        // Read on while these are on their way.
        ahead = last && readAfter(log, last.seq);
        if (last) state = await this.#publish(runner, producer, state, entries);
        await this.#report(state, entries.length);
        onSuccess();
        if (last) continue;
        await checkRelayState(runner, log.name, state);
        await this.#latch.wait(POLL_MS, signal);
      }
    } finally {
      await producer?.close();
      await unlock(runner, log.name);
    }
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

  async #publish(
    runner: QueryRunner,
    producer: KafkaProducer,
    state: RelayState,
    entries: readonly StoredEntry[],
  ): Promise<RelayState> {
    const { records, next } = stage(state, entries);
    await this.parts.failpoint('relay.before-publish');
    await producer.send(records);
    await this.parts.failpoint('relay.after-publish');
    await saveRelayState(runner, this.parts.log.name, state, next);
    await this.parts.failpoint('relay.after-state');
    return next;
  }

  async #report({ cursor }: RelayState, published: number): Promise<void> {
    const lag = published === 0 ? 0 : (await this.parts.log.head()).size - 1 - cursor;
    this.#status = { role: 'leading', cursor, lag };
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

/** What to publish next. A failure is told to whoever awaits it, if anybody still does. */
const readAfter = (log: Log, after: number): Promise<readonly StoredEntry[]> => {
  const entries = log.read({ after, limit: PUBLISH_MAX }).then(upToBytes);
  entries.catch(() => undefined);
  return entries;
};

/** The first entries, at least one, that together stay below the limit. */
const upToBytes = (entries: readonly StoredEntry[]): readonly StoredEntry[] => {
  let bytes = 0;
  const end = entries.findIndex(({ data, sealed }) => {
    bytes += JSON.stringify(data).length + ((sealed?.length ?? 0) * 4) / 3;
    return bytes > BYTES_MAX;
  });
  return end < 0 ? entries : entries.slice(0, Math.max(1, end));
};
