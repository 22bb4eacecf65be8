import { decodeEdge, type Edge, encodeEdge, type Tile, TILE_WIDTH, type Tree } from '#merkle';

/** A statement in the database of a log. */
export type Query = (text: string, values: readonly number[]) => Promise<readonly LeafHash[]>;
interface LeafHash {
  readonly leaf_hash: Buffer;
}

/**
 * The edge as it is kept in the state of a log: without leaf hashes, which are in its entries; to write
 * them anew with each entry would cost more than the entry. Out: null if it is as it was. In: the tree,
 * and the tiles that became full since it was kept.
 */
export const edgeToStore = (tree: Tree, tiles: readonly Tile[]): Buffer | null => {
  if (tiles.length === 0) return null;
  const [, ...above] = tree.edge;
  return encodeEdge([[], ...above]);
};

/**
 * The edge of a tree of this size, as it was kept. Former versions kept leaf hashes, too, as the meta-log
 * does: they are believed only if they are all. Throws if what was kept cannot be read.
 */
export const edgeOf = async (
  size: number,
  stored: Uint8Array,
  query: Query,
  schema: 'log' | 'meta_log' = 'log',
): Promise<Edge> => {
  const edge = decodeEdge(stored);
  const [leaves = [], ...above] = edge;
  const count = size % TILE_WIDTH;
  if (leaves.length === count) return edge;
  const rows = await query(
    `select leaf_hash from ${schema}.entry where seq >= $1 and seq < $2 order by seq`,
    [size - count, size],
  );
  return [rows.map(({ leaf_hash }) => leaf_hash), ...above];
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
