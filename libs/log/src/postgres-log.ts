import { type Clock, DomainError, UnavailableError } from '#kernel';
import { EMPTY_ROOT, Hmac } from '#merkle';
import type { Pool, QueryResultRow } from 'pg';
import { AdaptiveWriter } from './adaptive-writer.js';
import { isRefused, readerPool } from './connection.js';
import { decodeLeaf, encodeLeaf } from './leaf.js';
import {
  type Among,
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
import { FEW_ENTRIES_MAX } from './write-few.js';
import { WriterThread } from './thread/writer-thread.js';
import { Writer } from './writer.js';
import { splitLeaf } from './verbatim.js';

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
  readonly #readers: Pool;
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
    this.#readers = readerPool(databaseUrl);
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

  async read(options: {
    readonly after: number;
    readonly limit: number;
    readonly among?: Among;
  }): Promise<readonly StoredEntry[]> {
    const { after, limit, among } = options;
    const page = 'from log.entry where seq > $1 order by seq limit $2';
    if (!among) return this.#select(`select seq, leaf, leaf_hash ${page}`, [after, limit]);
    // Walked by the primary key: beside a filter PostgreSQL, which knows little of a table that grows,
    // expects to sort all that is behind, and starts two workers for it, at each read.
    return this.#select(
      `select seq, leaf, leaf_hash from (select seq, topic, leaf, leaf_hash ${page}) as next
       where topic = any($3) order by seq limit $4`,
      [after, among.within, among.topics, limit],
    );
  }

  async readVerbatim(options: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly VerbatimEntry[]> {
    // As text, which a leaf is: bytes would come in hex, twice as long.
    const rows = await this.#query<{ seq: string; leaf: string }>(
      `select seq, convert_from(leaf, 'UTF8') leaf from log.entry
       where seq > $1 order by seq limit $2`,
      [options.after, options.limit],
    );
    return rows.map(({ seq, leaf }) => ({
      ...splitLeaf(leaf),
      log: this.name,
      seq: Number(seq),
    }));
  }

  async readStream(stream: string): Promise<readonly StoredEntry[]> {
    return this.#select(
      'select seq, leaf, leaf_hash from log.entry where stream = $1 order by version',
      [stream],
    );
  }

  async head(): Promise<Head> {
    const rows = await this.#query<{ size: string; root: Buffer }>(
      'select size, root from log.state where name = $1',
      [this.name],
    );
    const { size, root } = rows[0] ?? { size: 0, root: EMPTY_ROOT };
    return { size: Number(size), root: root.toString('hex') };
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for what is being written, then lets go of the connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#writer.close();
      await this.#readers.end();
    })();
    return this.#closing;
  }

  async #select(text: string, values: readonly unknown[]): Promise<readonly StoredEntry[]> {
    const rows = await this.#query<{ seq: string; leaf: Buffer; leaf_hash: Buffer }>(text, values);
    return rows.map(({ seq, leaf, leaf_hash }) => {
      const { contentMac: _contentMac, ...message } = decodeLeaf(leaf);
      return { ...message, log: this.name, seq: Number(seq), leafHash: leaf_hash };
    });
  }

  async #query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    if (this.#closing) throw new UnavailableError('the log');
    try {
      return (await this.#readers.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw isRefused(error) ? error : new UnavailableError('the database', error);
    }
  }
}
