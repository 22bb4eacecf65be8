import {
  consistencyProof,
  decodeBundle,
  leafHash,
  rootAt,
  type Tile,
  TILE_WIDTH,
  Tree,
  verifyConsistency,
} from '#merkle';
import type { RemoteLog, SignedCheckpoint } from './remote-log.js';

/** How many tiles are on their way at once. */
const AT_ONCE = 8;

/**
 * Checks that a log shows one history: that what it publishes now is what its tiles say, and that
 * an earlier checkpoint, if one was kept, is its beginning. Over HTTP only, with the log's key.
 * Returns what it publishes now, to be kept for the next time.
 * Throws an error that says in plain words what does not fit.
 */
export const verifyLog = async (
  log: RemoteLog,
  earlier?: SignedCheckpoint,
): Promise<SignedCheckpoint> => {
  const now = await log.checkpoint();
  const { size, root } = now.checkpoint;
  const read = log.reader(size);
  if (earlier) {
    const { size: from, root: fromRoot } = earlier.checkpoint;
    if (from > size)
      throw new Error(`the log had ${from} entries and has ${size} now: it was cut or replaced`);
    const proof = await consistencyProof(from, size, read);
    if (from > 0 && !verifyConsistency({ from, fromRoot, size, root, proof }))
      throw new Error(
        `the log of ${from} entries is not the beginning of this one: it was rewritten`,
      );
  }
  if (!(await rootAt(size, read)).equals(root))
    throw new Error('the tiles do not have the root that the checkpoint says');
  return now;
};

type OnProgress = (done: number, total: number) => void;

/**
 * Recomputes the whole tree of a published log from its hashes, or, `withEntries`, from the bytes of
 * its entries, and compares every tile. Throws an error that says what does not fit.
 */
export const recomputeLog = async (
  log: RemoteLog,
  { checkpoint: { size, root } }: SignedCheckpoint,
  options: { readonly withEntries?: boolean; readonly onProgress?: OnProgress } = {},
): Promise<void> => {
  const { withEntries = false, onProgress } = options;
  const tree = Tree.empty();
  const count = Math.ceil(size / TILE_WIDTH);
  for (let first = 0; first < count; first += AT_ONCE) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, n) => first + n);
    const leaves = await Promise.all(indexes.map((n) => leavesOf(log, size, n, withEntries)));
    for (const tile of tree.append(leaves.flat())) await compare(log, size, tile);
    onProgress?.(tree.size, size);
  }
  if (tree.size !== size || !tree.root().equals(root))
    throw new Error('the entries do not have the root that the checkpoint says');
};

const leavesOf = async (
  log: RemoteLog,
  size: number,
  index: number,
  withEntries: boolean,
): Promise<readonly Buffer[]> => {
  const tile = await log.tile(size, 0, index);
  const hashes = Array.from({ length: tile.length / 32 }, (_, n) =>
    tile.subarray(n * 32, (n + 1) * 32),
  );
  if (!withEntries) return hashes;
  const entries = decodeBundle(await log.bundle(size, index));
  const wrong = hashes.findIndex(
    (hash, n) => !leafHash(entries[n] ?? Buffer.alloc(0)).equals(hash),
  );
  if (wrong !== -1)
    throw new Error(`the entry ${index * TILE_WIDTH + wrong} does not have its hash`);
  return hashes;
};

const compare = async (log: RemoteLog, size: number, tile: Tile): Promise<void> => {
  if (tile.level === 0) return;
  const served = await log.tile(size, tile.level, tile.index);
  if (!served.equals(tile.hashes))
    throw new Error(`the tile ${tile.level}/${tile.index} does not fit those below it`);
};
