import { createSecretKey, type KeyObject } from 'node:crypto';
import { type Clock, DomainError, UnavailableError } from '#kernel';
import type { Topic } from '#contracts';
import { EMPTY_ROOT, type Tree } from '#merkle';
import type { Client, Pool, QueryResultRow } from 'pg';
import { Connection, isRefused, readerPool } from './connection.js';
import { decodeLeaf } from './leaf.js';
import {
  type Appended,
  type AppendOptions,
  type Head,
  Log,
  type NewEntry,
  type StoredEntry,
} from './log.js';
import { LogGuard } from './log-guard.js';
import { prepareEntry } from './prepare-entry.js';
import type { PreparedCall } from './prepared-call.js';
import { type GroupResult, writeGroup } from './write-group.js';

/** Most that one transaction, and so one call, may hold. */
export const GROUP_ENTRIES_MAX = 5_000;
export const GROUP_BYTES_MAX = 32 * 1024 * 1024;
/** Most that may wait; beyond it the caller is told to come back. */
export const QUEUE_ENTRIES_MAX = 100_000;
export const QUEUE_BYTES_MAX = 128 * 1024 * 1024;
/** How long a first call waits for others to share its transaction. */
const GATHER_MS = 1;

/** One call of append, waiting for its answer. */
interface Call extends PreparedCall {
  readonly bytes: number;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface PostgresLogOptions {
  readonly name: string;
  readonly databaseUrl: string;
  /** Secret behind the keys of intake events. */
  readonly identityKey: Uint8Array;
  readonly clock: Clock;
  /** Keeps a log from growing that is not the published one. */
  readonly guard?: LogGuard;
}

/**
 * The log in PostgreSQL. IDLE → GATHERING when a call arrives → WRITING one group while further
 * calls queue → the next group at once if there is one, else IDLE. The tree in memory is a copy of
 * `log.state`, used only if it is still the same under the state's lock; an error forgets it.
 */
export class PostgresLog extends Log {
  readonly name: string;
  readonly #clock: Clock;
  readonly #identityKey: KeyObject;
  readonly #guard: LogGuard;
  readonly #writer: Connection;
  readonly #readers: Pool;
  readonly #listeners = new Set<() => void>();
  #queue: Call[] = [];
  #queuedEntries = 0;
  #queuedBytes = 0;
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #tree: Tree | undefined;
  /** Who repeats one group repeats more: then it pays to look up what is known. */
  #expectsRepeats = false;

  constructor(options: PostgresLogOptions) {
    super();
    this.name = options.name;
    this.#clock = options.clock;
    this.#guard = options.guard ?? new LogGuard();
    this.#identityKey = createSecretKey(options.identityKey);
    this.#writer = new Connection(options.databaseUrl);
    this.#readers = readerPool(options.databaseUrl);
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
    const prepared = entries.map((entry) => prepareEntry(entry, recordedAt, this.#identityKey));
    const bytes = prepared.reduce((sum, { leaf }) => sum + leaf.length, 0);
    if (bytes > GROUP_BYTES_MAX)
      throw new DomainError('too-large', `${GROUP_BYTES_MAX} bytes may be appended at once.`);
    return this.#enqueue({ ...options, entries: prepared }, bytes);
  }

  async read(options: {
    readonly after: number;
    readonly limit: number;
    readonly topics?: readonly Topic[];
  }): Promise<readonly StoredEntry[]> {
    const { after, limit, topics } = options;
    return this.#select(
      `select seq, leaf, leaf_hash from log.entry
       where seq > $1 ${topics ? 'and topic = any($3)' : ''} order by seq limit $2`,
      [after, limit, ...(topics ? [topics] : [])],
    );
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

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for what is being written, then lets go of the connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#running;
      await Promise.all([this.#writer.close(), this.#readers.end()]);
    })();
    return this.#closing;
  }

  #enqueue(call: PreparedCall, bytes: number): Promise<readonly Appended[]> {
    const { entries } = call;
    if (
      this.#closing ||
      this.#queuedEntries + entries.length > QUEUE_ENTRIES_MAX ||
      this.#queuedBytes + bytes > QUEUE_BYTES_MAX
    )
      return Promise.reject(new UnavailableError('the log'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...call, bytes, resolve, reject });
      this.#queuedEntries += entries.length;
      this.#queuedBytes += bytes;
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => {
      setTimeout(resolve, GATHER_MS);
    });
    while (this.#queue.length > 0) await this.#write(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): readonly Call[] {
    let [entries, bytes] = [0, 0];
    const full = this.#queue.findIndex((call) => {
      entries += call.entries.length;
      bytes += call.bytes;
      return entries > GROUP_ENTRIES_MAX || bytes > GROUP_BYTES_MAX;
    });
    const group = full === -1 ? this.#queue : this.#queue.slice(0, Math.max(full, 1));
    this.#queue = this.#queue.slice(group.length);
    for (const call of group) {
      this.#queuedEntries -= call.entries.length;
      this.#queuedBytes -= call.bytes;
    }
    return group;
  }

  /** Never throws: every call of the group gets its answer or its error. */
  async #write(group: readonly Call[]): Promise<void> {
    try {
      const { placed, added } = await this.#writer.use((client) => this.#attempt(client, group));
      for (const [n, { resolve, reject }] of group.entries()) {
        const call = placed[n];
        if (call && 'answers' in call) resolve(call.answers);
        else reject(call?.refused);
      }
      if (added > 0) for (const listener of this.#listeners) queueMicrotask(listener);
    } catch (error) {
      // One call holds what PostgreSQL does not take; it must not cost the others their answer.
      if (isRefused(error) && group.length > 1) for (const call of group) await this.#write([call]);
      else for (const { reject } of group) reject(error);
    }
  }

  /**
   * Whether a commit without an answer took place is not known: the caller's repeat finds out. The
   * next group waits for it, as its transaction holds the lock until it ends either way.
   */
  async #attempt(client: Client, group: readonly Call[]): Promise<GroupResult> {
    const held = { tree: this.#tree, expectsRepeats: this.#expectsRepeats };
    this.#tree = undefined;
    try {
      const result = await writeGroup(client, this.name, held, group, this.#guard);
      this.#tree = result.tree;
      this.#expectsRepeats = result.hadRepeats;
      return result;
    } catch (error) {
      if (isRefused(error)) await client.query('rollback');
      throw error;
    }
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
