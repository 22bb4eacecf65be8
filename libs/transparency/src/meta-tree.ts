import type { DataSource } from 'typeorm';
import { PostgresTree, type TreeState } from '#log';
import { leafHash, TILE_WIDTH } from '#merkle';
import { META } from './meta-store.js';

/**
 * The tree of the meta-log. Its entries are few and small, so the newest of them are held against
 * their hashes whenever its state is read.
 */
export class MetaTree extends PostgresTree {
  constructor(db: DataSource) {
    super(db, META, 'meta_log');
  }

  /** As PostgresTree.state. Throws if an entry of the last tile is not there or was changed. */
  override async state(): Promise<TreeState> {
    const state = await super.state();
    if (state.size === 0) return state;
    const index = Math.floor((state.size - 1) / TILE_WIDTH);
    const from = index * TILE_WIDTH;
    const hashes = (await this.entries(from, state.size - from)).map(leafHash);
    if (!Buffer.concat(hashes).equals(await this.tile(state, 0, index)))
      throw new Error(`the entries from ${from} on do not have their hashes`);
    return state;
  }
}
