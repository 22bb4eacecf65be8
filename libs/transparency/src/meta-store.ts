import type { DataSource, EntityManager } from 'typeorm';
import type { LogGuard } from '#log';
import { decodeEdge, EMPTY_ROOT, encodeEdge, leafHash, Tree } from '#merkle';
import type { SignedCheckpoint } from './remote-log.js';

export const META = 'meta';

/** The last checkpoint of a log that the meta-log holds, and where. */
export interface MetaEntry {
  readonly seq: number;
  readonly note: string;
}

/** The meta-log in PostgreSQL: its entries are signed checkpoints of other logs. */
export class MetaStore {
  constructor(
    private readonly db: DataSource,
    private readonly guard: LogGuard,
  ) {}

  /**
   * Adds checkpoints in one transaction, under the lock of the state; those that are no further than
   * what is there are left out. Throws UnavailableError if the meta-log is not as published.
   */
  async append(checkpoints: readonly SignedCheckpoint[]): Promise<void> {
    if (checkpoints.length === 0) return;
    await this.db.transaction(async (manager) => {
      const tree = await lockTree(manager);
      this.guard.check(tree.size);
      const from = tree.size;
      for (const { checkpoint, note } of checkpoints) {
        const { origin, size } = checkpoint;
        if (!(await isFurther(manager, origin, size))) continue;
        const leaf = Buffer.from(note);
        const hash = leafHash(leaf);
        await manager.query(
          `insert into meta_log.entry (seq, origin, size, leaf, leaf_hash)
           values ($1, $2, $3, $4, $5)`,
          [tree.size, origin, size, leaf, hash],
        );
        for (const tile of tree.append([hash]))
          await manager.query(
            'insert into meta_log.tile (level, index, hashes) values ($1, $2, $3)',
            [tile.level, tile.index, tile.hashes],
          );
      }
      if (tree.size > from)
        await manager.query(
          'update meta_log.state set size = $2, edge = $3, root = $4 where name = $1',
          [META, tree.size, encodeEdge(tree.edge), tree.root()],
        );
    });
  }

  /** The last checkpoint of each log. */
  async latest(): Promise<readonly MetaEntry[]> {
    const rows = await this.db.query<{ seq: string; leaf: Buffer }[]>(
      'select distinct on (origin) seq, leaf from meta_log.entry order by origin, size desc',
    );
    return rows.map(({ seq, leaf }) => ({ seq: Number(seq), note: leaf.toString() }));
  }

  /** The key that a log had when it was first seen; `vkey` becomes it if it was not. */
  async keyOf(name: string, vkey: string): Promise<string> {
    await this.db.query(
      'insert into meta_log.source (name, vkey) values ($1, $2) on conflict do nothing',
      [name, vkey],
    );
    const [row] = await this.db.query<{ vkey: string }[]>(
      'select vkey from meta_log.source where name = $1',
      [name],
    );
    return row?.vkey ?? vkey;
  }
}

const lockTree = async (manager: EntityManager): Promise<Tree> => {
  await manager.query(
    `insert into meta_log.state (name, size, edge, root) values ($1, 0, '', $2)
     on conflict do nothing`,
    [META, EMPTY_ROOT],
  );
  const [row] = await manager.query<{ size: string; edge: Buffer }[]>(
    'select size, edge from meta_log.state where name = $1 for update',
    [META],
  );
  return Tree.at(Number(row?.size ?? 0), decodeEdge(row?.edge ?? Buffer.alloc(0)));
};

const isFurther = async (
  manager: EntityManager,
  origin: string,
  size: number,
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    'select 1 from meta_log.entry where origin = $1 and size >= $2 limit 1',
    [origin, size],
  );
  return rows.length === 0;
};
