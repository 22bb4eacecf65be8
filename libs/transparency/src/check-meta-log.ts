import type { DataSource } from 'typeorm';
import { type Published, PublishedCheck, PostgresTree, type Violation } from '#log';
import { type Checkpoint, leafHash, parseCheckpoint, splitNote, Tree } from '#merkle';
import { META } from './meta-store.js';

const PAGE = 1_000;

export interface MetaCheck {
  readonly size: number;
  /** Hex, recomputed from the entries. */
  readonly root: string;
  readonly violations: readonly Violation[];
  /** What its entries say of logs: these must begin so. */
  readonly checkpoints: readonly Checkpoint[];
}

/**
 * Recomputes the meta-log from the bytes of its entries, and compares hashes, tiles, edge, root and
 * what was published of it. Undefined where this database has none. Throws if the database is away.
 */
export const checkMetaLog = async (
  db: DataSource,
  published: readonly Published[],
): Promise<MetaCheck | undefined> => {
  const [there] = await db.query<{ is: string | null }[]>(
    `select to_regclass('meta_log.entry') as is`,
  );
  if (there?.is == null) return undefined;
  const violations: Violation[] = [];
  const report = (violation: Violation): void => void violations.push(violation);
  const reader = new PostgresTree(db, META, 'meta_log');
  const state = await reader.state();
  const check = new PublishedCheck(published);
  const tree = Tree.empty();
  const checkpoints: Checkpoint[] = [];
  for (;;) {
    const leaves = await reader.entries(tree.size, PAGE);
    if (leaves.length === 0) break;
    for (const [n, leaf] of leaves.entries()) {
      const checkpoint = checkpointIn(leaf);
      if (checkpoint) checkpoints.push(checkpoint);
      else report({ seq: tree.size + n, what: 'the entry is no checkpoint' });
    }
    for (const { level, index, hashes } of check.append(tree, leaves.map(leafHash), report)) {
      const stored = await reader.tile(state, level, index).catch(() => undefined);
      if (!stored?.equals(hashes)) report({ what: `the tile ${level}/${index} does not fit` });
    }
  }
  check.end(tree.size, report);
  if (tree.size !== state.size)
    report({ what: `the state says ${state.size} entries, there are ${tree.size}` });
  else if (!tree.root().equals(state.root)) report({ what: 'the root does not fit the entries' });
  return { size: tree.size, root: tree.root().toString('hex'), violations, checkpoints };
};

const checkpointIn = (leaf: Buffer): Checkpoint | undefined => {
  try {
    return parseCheckpoint(splitNote(leaf.toString()).text);
  } catch {
    return undefined;
  }
};
