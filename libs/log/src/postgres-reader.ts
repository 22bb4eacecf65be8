import type { Pool, QueryResultRow } from 'pg';
import { UnavailableError } from '#kernel';
import { EMPTY_ROOT } from '#merkle';
import { readerPool, refusedOrAway } from './connection.js';
import { decodeLeaf } from './leaf.js';
import type { Among, Head, StoredEntry, VerbatimEntry } from './log.js';
import { splitLeaf } from './verbatim.js';

/** What is committed of a log in PostgreSQL, whoever writes it; see Log. */
export class PostgresReader {
  readonly name: string;
  readonly #connections: Pool;
  #isClosed = false;

  constructor({ name, databaseUrl }: { readonly name: string; readonly databaseUrl: string }) {
    this.name = name;
    this.#connections = readerPool(databaseUrl);
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

  /** Lets go of the connections, once they have answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connections.end();
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
    if (this.#isClosed) throw new UnavailableError('the log');
    try {
      return (await this.#connections.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw refusedOrAway(error);
    }
  }
}
