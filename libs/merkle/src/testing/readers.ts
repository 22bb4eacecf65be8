import type { HashReader } from '../proof.js';
import { tileReader } from '../tile-reader.js';
import { Tree } from '../tree.js';
import { naiveRoot } from './naive.js';

/** Reads from a list of leaves, by the definition. */
export const naiveReader =
  (leaves: readonly Buffer[]): HashReader =>
  (subtrees) =>
    Promise.resolve(
      subtrees.map(({ level, index }) => {
        const width = 2 ** level;
        const part = leaves.slice(index * width, (index + 1) * width);
        if (part.length < width) throw new Error('not a complete subtree');
        return naiveRoot(part);
      }),
    );

/** Reads from the tiles and the edge of a tree, as a server would. */
export const treeReader = (leaves: readonly Buffer[]) => {
  const tree = Tree.empty();
  const tiles = new Map(
    tree.append(leaves).map(({ level, index, hashes }) => [`${level}/${index}`, hashes]),
  );
  const read = tileReader((level, index) =>
    Promise.resolve(tiles.get(`${level}/${index}`) ?? Buffer.concat(tree.edge[level] ?? [])),
  );
  return { read, root: tree.root() };
};
