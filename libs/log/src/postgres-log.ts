import type { Clock } from '#kernel';
import { DomainError, UnavailableError } from '#kernel';
import type { Topic } from '#contracts';
import { decodeEdge, EMPTY_ROOT, Tree } from '#merkle';
import pg from 'pg';
import { CONNECT_MS_MAX, Connection } from './connection.js';
import { decodeLeaf } from './leaf.js';
import { type Appended, type Head, Log, type NewEntry, type StoredEntry } from './log.js';
import { type Call, StateMoved, writeGroup } from './write-group.js';

export const GROUP_ENTRIES_MAX = 5_000;
export const QUEUE_ENTRIES_MAX = 100_000;
const READERS_MAX = 4;
/** How long a first call waits for others to share its transaction. */
const GATHER_MS = 1;

export interface PostgresLogOptions {
  readonly name: string;
  readonly databaseUrl: string;
  /** Secret behind the keys of intake events. */
  readonly identityKey: Uint8Array;
  readonly clock: Clock;
}

/**
 * The log in PostgreSQL. IDLE → GATHERING when a call arrives → WRITING one group while further
 * calls queue → the next group at once if there is one, else IDLE. The tree in memory is a copy of
 * `log.state`: it is loaded before a group when it is not known, and forgotten after every error.
 */
export class PostgresLog extends Log {
  readonly name: string;
  readonly #options: PostgresLogOptions;
  readonly #writer: Connection;
  readonly #readers: pg.Pool;
  readonly #listeners = new Set<() => void>();
  #queue: Call[] = [];
  #queued = 0;
  #running: Promise<void> | undefined;
  #tree: Tree | undefined;

  constructor(options: PostgresLogOptions) {
    super();
    this.name = options.name;
    this.#options = options;
    this.#writer = new Connection(options.databaseUrl);
    this.#readers = readerPool(options.databaseUrl);
  }

  append(entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    if (entries.length === 0) return Promise.resolve([]);
    if (entries.length > GROUP_ENTRIES_MAX)
      return Promise.reject(
        new DomainError('too-large', `${GROUP_ENTRIES_MAX} entries may be appended at once.`),
      );
    if (this.#queued + entries.length > QUEUE_ENTRIES_MAX)
      return Promise.reject(new UnavailableError('the log'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ entries, resolve, reject });
      this.#queued += entries.length;
      this.#running ??= this.#run();
    });
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
  async close(): Promise<void> {
    await this.#running;
    await Promise.all([this.#writer.close(), this.#readers.end()]);
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => {
      setTimeout(resolve, GATHER_MS);
    });
    while (this.#queue.length > 0) await this.#write(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): readonly Call[] {
    let size = 0;
    const full = this.#queue.findIndex(({ entries }) => {
      size += entries.length;
      return size > GROUP_ENTRIES_MAX;
    });
    const group = full === -1 ? this.#queue : this.#queue.slice(0, Math.max(full, 1));
    this.#queue = this.#queue.slice(group.length);
    for (const { entries } of group) this.#queued -= entries.length;
    return group;
  }

  /** Never throws: every call of the group gets its answer or its error. */
  async #write(group: readonly Call[]): Promise<void> {
    for (;;)
      try {
        const { answers, rows } = await this.#writer.use((client) => this.#attempt(client, group));
        group.forEach(({ resolve, reject }, n) => {
          const answer = answers[n];
          if (answer === undefined || answer instanceof Error) reject(answer);
          else resolve(answer);
        });
        if (rows > 0) for (const listener of this.#listeners) listener();
        return;
      } catch (error) {
        if (error instanceof StateMoved) continue;
        const isKnown = error instanceof UnavailableError || error instanceof DomainError;
        const reason = isKnown ? error : new UnavailableError('the database', error);
        for (const { reject } of group) reject(reason);
        return;
      }
  }

  /**
   * Whether a failed commit took place is not known, so the connection and the tree are forgotten:
   * a repeat of the call finds out.
   */
  async #attempt(client: pg.Client, group: readonly Call[]) {
    const { name, identityKey, clock } = this.#options;
    try {
      const tree = (this.#tree ?? (await loadTree(client, name))).clone();
      this.#tree = undefined;
      const result = await writeGroup(client, name, tree, group, identityKey, clock.now());
      this.#tree = tree;
      return result;
    } catch (error) {
      this.#tree = undefined;
      if (error instanceof StateMoved) await client.query('rollback');
      else await this.#writer.drop();
      throw error;
    }
  }

  async #select(text: string, values: readonly unknown[]): Promise<readonly StoredEntry[]> {
    const rows = await this.#query<{ seq: string; leaf: Buffer; leaf_hash: Buffer }>(text, values);
    return rows.map(({ seq, leaf, leaf_hash }) => {
      const { contentMac: _, ...message } = decodeLeaf(leaf);
      return { ...message, log: this.name, seq: Number(seq), leafHash: leaf_hash };
    });
  }

  async #query<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    try {
      return (await this.#readers.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw new UnavailableError('the database', error);
    }
  }
}

/** Connections of the log's own for reading: what reads a log may hold one of the pool. */
const readerPool = (url: string): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: READERS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    application_name: 'ledger-log',
  });
  // One lost while idle is replaced at the next read.
  pool.on('error', () => undefined);
  return pool;
};

const loadTree = async (client: pg.Client, name: string): Promise<Tree> => {
  const { rows } = await client.query<{ size: string; edge: Buffer }>(
    'select size, edge from log.state where name = $1',
    [name],
  );
  const state = rows[0];
  return state ? Tree.at(Number(state.size), decodeEdge(state.edge)) : Tree.empty();
};
