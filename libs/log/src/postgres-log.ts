import { type Clock, DomainError } from '#kernel';
import { Hmac } from '#merkle';
import { AdaptiveWriter } from './adaptive-writer.js';
import { encodeLeaf } from './leaf.js';
import {
  type Appended,
  type AppendOptions,
  type Commit,
  type Head,
  Log,
  type NewEntry,
  type StoredEntry,
  type VerbatimEntry,
} from './log.js';
import { LogGuard } from './log-guard.js';
import { bytesOf, type LogWriter } from './log-writer.js';
import { PostgresReader } from './postgres-reader.js';
import { FEW_ENTRIES_MAX } from './write-few.js';
import { WriterThread } from './thread/writer-thread.js';
import { Writer } from './writer.js';

/** Most that one transaction, and so one call, may hold. */
export const GROUP_ENTRIES_MAX = 5_000;
export const GROUP_BYTES_MAX = 32 * 1024 * 1024;

export interface PostgresLogOptions {
  readonly name: string;
  readonly databaseUrl: string;
  /** Secret behind the keys of intake events. */
  readonly identityKey: Uint8Array;
  readonly clock: Clock;
  /** Keeps a log from growing that is not the published one. */
  readonly guard?: LogGuard;
  /** WRITER_MAIN: what is much is written by a thread of its own. By this one unless said. */
  readonly writerMain?: URL;
  /** Entries on their way that are not much yet; as many as a small group has unless said. */
  readonly fewMax?: number;
}

/** The log in PostgreSQL: a writer that answers after the commit, and readers beside it. */
export class PostgresLog extends Log {
  readonly name: string;
  readonly #clock: Clock;
  readonly #guard: LogGuard;
  readonly #writer: LogWriter;
  readonly #reader: PostgresReader;
  readonly #listeners = new Set<(commit: Commit) => void>();
  #closing: Promise<void> | undefined;

  constructor(options: PostgresLogOptions) {
    super();
    const { name, databaseUrl, guard = new LogGuard() } = options;
    this.name = name;
    this.#clock = options.clock;
    this.#guard = guard;
    const onCommit = (commit: Commit): void => {
      for (const listener of this.#listeners) queueMicrotask(() => listener(commit));
    };
    const { identityKey, writerMain, fewMax = FEW_ENTRIES_MAX } = options;
    const settings = { name, databaseUrl, guard, onCommit };
    const here = new Writer({ ...settings, identity: new Hmac(identityKey) });
    this.#writer = writerMain
      ? new AdaptiveWriter({
          here,
          there: new WriterThread(writerMain, { ...settings, identityKey }),
          fewMax,
          now: () => performance.now(),
        })
      : here;
    this.#reader = new PostgresReader({ name, databaseUrl });
  }

  async append(
    entries: readonly NewEntry[],
    options: AppendOptions = {},
  ): Promise<readonly Appended[]> {
    if (entries.length === 0) return [];
    if (entries.length > GROUP_ENTRIES_MAX)
      throw new DomainError('too-large', `${GROUP_ENTRIES_MAX} entries may be appended at once.`);
    this.#guard.check();
    const recordedAt = this.#clock.now();
    const encoded = entries.map((entry) => ({ entry, leaf: encodeLeaf(entry, recordedAt) }));
    if (bytesOf(encoded) > GROUP_BYTES_MAX)
      throw new DomainError('too-large', `${GROUP_BYTES_MAX} bytes may be appended at once.`);
    return this.#writer.append({ ...options, entries: encoded, recordedAt });
  }

  read(options: Parameters<Log['read']>[0]): Promise<readonly StoredEntry[]> {
    return this.#reader.read(options);
  }

  readVerbatim(options: Parameters<Log['readVerbatim']>[0]): Promise<readonly VerbatimEntry[]> {
    return this.#reader.readVerbatim(options);
  }

  readStream(stream: string): Promise<readonly StoredEntry[]> {
    return this.#reader.readStream(stream);
  }

  head(): Promise<Head> {
    return this.#reader.head();
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for what is being written, then lets go of the connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#writer.close();
      await this.#reader.close();
    })();
    return this.#closing;
  }
}
