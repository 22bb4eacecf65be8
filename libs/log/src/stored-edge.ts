import {
  aboveLeaves,
  decodeEdge,
  type Edge,
  encodeEdge,
  type Tile,
  TILE_WIDTH,
  type Tree,
} from '#merkle';

/**
 * The edge as it is kept in `log.state`: without leaf hashes, which are in `log.entry`. Out: null if it
 * is as it was. In: the tree, and the tiles that became full since it was kept.
 */
export const edgeToStore = (tree: Tree, tiles: readonly Tile[]): Buffer | null =>
  tiles.length === 0 ? null : encodeEdge(aboveLeaves(tree.edge));

/**
 * The edge of a tree of this size, as it was kept. In: what reads the leaf hashes of entries from a
 * number on, up to the size. Former versions kept leaf hashes, too: they are believed only if they are
 * all. Throws if what was kept cannot be read.
 */
export const edgeOf = async (
  size: number,
  stored: Uint8Array,
  leafHashesFrom: (from: number) => Promise<readonly Buffer[]>,
): Promise<Edge> => {
  const [leaves = [], ...above] = decodeEdge(stored);
  const count = size % TILE_WIDTH;
  if (size === 0 || leaves.length === count) return decodeEdge(stored);
  return [await leafHashesFrom(size - count), ...above];
};

/** Whether what was kept is right for the tree. */
export const isEdgeOf = ({ edge }: Tree, stored: Uint8Array): boolean => {
  const [leaves = [], ...above] = edge;
  try {
    const [keptLeaves = [], ...keptAbove] = decodeEdge(stored);
    return (
      encodeEdge(keptAbove).equals(encodeEdge(above)) &&
      keptLeaves.every((hash, n) => leaves[n]?.equals(hash))
    );
  } catch {
    return false;
  }
};
