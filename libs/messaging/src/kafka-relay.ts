import type { Failpoint } from '#kernel';
import { HeldConnection, type Log, type VerbatimEntry } from '#log';
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

/** Publishes the log of this service, wherever it does so. */
export interface Relay {
  readonly status: RelayStatus;
  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** What it needs of a log. */
export interface RelayedLog extends Pick<Log, 'name' | 'readVerbatim' | 'head'> {
  /** See Log.onCommit. */
  onCommit(listener: () => void): () => void;
}

export interface RelayParts {
  /** Where the log is, and how far it was published. */
  readonly databaseUrl: string;
  readonly log: RelayedLog;
  readonly kafka: Kafka;
  readonly logger: MessagingLogger;
  readonly failpoint: Failpoint;
  /** Is told each change. */
  readonly onStatus?: (status: RelayStatus) => void;
}

/** Fallback for what `Log.onCommit` cannot tell: commits of other processes. */
const POLL_MS = 250;
const LOCK_RETRY_MS = 500;
/** Entries published at once. */
const PUBLISH_MAX = 1_000;
/** Fewer than these are followed by a pause, in which others come: each page costs several round trips. */
const FEW = 100;
const GATHER_MS = 20;
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
export class KafkaRelay implements Relay {
  readonly #latch = new Latch();
  readonly #lockRetry = new Latch();
  readonly #gathering = new Latch();
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
        this.#say({ ...this.#status, role: 'failing', lastError: code });
        await pauseBefore(failures, { ...BACKOFF, mostMs: 3_000 }, signal);
      }
    unsubscribe();
  }

  async #lead(signal: AbortSignal, onSuccess: () => void): Promise<void> {
    const { databaseUrl, log, kafka } = this.parts;
    const db = await HeldConnection.open(databaseUrl);
    let producer: KafkaProducer | undefined;
    let saved: Promise<void> = Promise.resolve();
    try {
      await this.#lock(db, signal);
      if (signal.aborted) return;
      let state = await loadRelayState(db, log.name);
      producer = await kafka.producer();
      let ahead: Promise<Staged> | undefined;
      while (!signal.aborted) {
        const { records, next } = await (ahead ?? this.#stage(state));
        const isMore = records.length > 0;
        const isMuch = records.length >= FEW;
        // The next ones are made ready while these are on their way, and these written down while
        // the next ones are.
        ahead = isMuch ? this.#stage(next) : undefined;
        if (isMore) await this.#publish(producer, records);
        await saved;
        onSuccess();
        if (isMore) saved = this.#save(db, state, next);
        else await this.#rest(db, state, signal);
        saved.catch(() => undefined);
        state = next;
        if (isMore && !isMuch) await this.#gathering.wait(GATHER_MS, signal);
      }
    } finally {
      await saved.catch(() => undefined);
      await producer?.close();
      // With it ends its lock.
      await db.close();
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

  async #lock(db: HeldConnection, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [row] = await db.query<{ isOurs: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) "isOurs"',
        [`messaging.relay:${this.parts.log.name}`],
      );
      if (row?.isOurs) return;
      this.#say({ role: 'waiting', cursor: undefined, lag: 0 });
      await this.#lockRetry.wait(LOCK_RETRY_MS, signal);
    }
  }

  async #publish(producer: KafkaProducer, records: readonly Outgoing[]): Promise<void> {
    await this.parts.failpoint('relay.before-publish');
    await producer.send(records);
    await this.parts.failpoint('relay.after-publish');
  }

  async #save(db: HeldConnection, from: RelayState, to: RelayState): Promise<void> {
    const { log, failpoint } = this.parts;
    await saveRelayState(db, log.name, from, to);
    await failpoint('relay.after-state');
    const { size } = await log.head();
    this.#say({ role: 'leading', cursor: to.cursor, lag: size - 1 - to.cursor });
  }

  #say(status: RelayStatus): void {
    this.#status = status;
    this.parts.onStatus?.(status);
  }

  /** Nothing is to be published: makes sure that it is still ours to do, and waits. */
  async #rest(db: HeldConnection, state: RelayState, signal: AbortSignal): Promise<void> {
    this.#say({ role: 'leading', cursor: state.cursor, lag: 0 });
    await checkRelayState(db, this.parts.log.name, state);
    await this.#latch.wait(POLL_MS, signal);
  }
}

/** The first entries, at least one, that together stay below the limit. */
const upToBytes = (entries: readonly VerbatimEntry[]): readonly VerbatimEntry[] => {
  let bytes = 0;
  const end = entries.findIndex(({ content }) => {
    bytes += Buffer.byteLength(content);
    return bytes > BYTES_MAX;
  });
  return end < 0 ? entries : entries.slice(0, Math.max(1, end));
};
