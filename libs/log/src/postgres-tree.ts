import type { DataSource } from 'typeorm';
import { UnavailableError } from '#kernel';
import { type Edge, EMPTY_ROOT, HASH_BYTES, TILE_WIDTH } from '#merkle';
import { edgeOf, type Query } from './stored-edge.js';

/** The tree as it was committed at one moment. */
export interface TreeState {
  readonly size: number;
  readonly root: Buffer;
  readonly edge: Edge;
}

/**
 * Reads the tree of a log as it is committed: `<schema>.state`, `.tile` and `.entry`. Full tiles
 * never change, so what is read after a state belongs to it all the same. Throws UnavailableError
 * if the database is away; any other error says that the tree is damaged.
 */
export class PostgresTree {
  constructor(
    private readonly db: DataSource,
    /** A log's name. */
    private readonly name: string,
    private readonly schema: 'log' | 'meta_log' = 'log',
  ) {}

  async state(): Promise<TreeState> {
    const [row] = await this.#query<{ size: string; root: Buffer; edge: Buffer }>(
      `select size, root, edge from ${this.schema}.state where name = $1`,
      [this.name],
    );
    if (!row) return { size: 0, root: EMPTY_ROOT, edge: [] };
    const size = Number(row.size);
    const query: Query = (text, values) => this.#query(text, values);
    const edge = await edgeOf(size, row.edge, query, this.schema);
    return { size, root: row.root, edge };
  }

  /**
   * A tile of the tree in this state: whole, or as much as there is at the right edge. Throws if it
   * is not there, though the state says so.
   */
  async tile({ size, edge }: TreeState, level: number, index: number): Promise<Buffer> {
    const full = Math.floor(size / TILE_WIDTH ** (level + 1));
    if (index >= full) {
      if (index > full) throw new Error(`no tile ${level}/${index} in a tree of ${size}`);
      return Buffer.concat(edge[level] ?? []);
    }
    const [row] = await this.#query<{ hashes: Buffer }>(
      `select hashes from ${this.schema}.tile where level = $1 and index = $2`,
      [level, index],
    );
    if (row?.hashes.length !== TILE_WIDTH * HASH_BYTES)
      throw new Error(`the tile ${level}/${index} is missing`);
    return row.hashes;
  }

  /** The bytes of `count` entries from number `from` on; fewer if there are fewer. */
  async entries(from: number, count: number): Promise<readonly Buffer[]> {
    const rows = await this.#query<{ leaf: Buffer }>(
      `select leaf from ${this.schema}.entry where seq >= $1 and seq < $2 order by seq`,
      [from, from + count],
    );
    return rows.map(({ leaf }) => leaf);
  }

  async #query<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await this.db.query<Row[]>(text, [...values]);
    } catch (error) {
      throw new UnavailableError('the database', error);
    }
  }
}
