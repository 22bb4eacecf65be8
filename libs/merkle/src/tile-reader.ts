import { HASH_BYTES, nodeHash } from './hash.js';
import type { HashReader, Subtree } from './proof.js';
import { TILE_WIDTH } from './tree.js';

/** Levels of the tree in one tile (C2SP tlog-tiles: 256 = 2^8 hashes wide). */
export const TILE_HEIGHT = 8;

/**
 * Gives a tile as its hashes one after the other: a full one, or as much of the one at the right
 * edge as there is. Level and index as C2SP tlog-tiles counts them.
 */
export type TileSource = (level: number, index: number) => Promise<Uint8Array>;

const tileLevelOf = ({ level }: Subtree): number => Math.floor(level / TILE_HEIGHT);
const tileIndexOf = ({ level, index }: Subtree): number =>
  Math.floor((index * 2 ** (level % TILE_HEIGHT)) / TILE_WIDTH);
const nameOf = (subtree: Subtree): string => `${tileLevelOf(subtree)}/${tileIndexOf(subtree)}`;

const hashIn = (tile: Uint8Array, { level, index }: Subtree): Uint8Array => {
  const width = 2 ** (level % TILE_HEIGHT);
  const first = (index * width) % TILE_WIDTH;
  if (tile.length < (first + width) * HASH_BYTES) throw new Error('the tile is cut short');
  let hashes = Array.from({ length: width }, (_, n) =>
    tile.subarray((first + n) * HASH_BYTES, (first + n + 1) * HASH_BYTES),
  );
  while (hashes.length > 1)
    hashes = hashes.flatMap((left, n) => {
      const right = hashes[n + 1];
      return n % 2 === 0 && right ? [nodeHash(left, right)] : [];
    });
  return hashes[0] ?? new Uint8Array();
};

/**
 * A reader of hashes over tiles. Asks for each tile once per question. Throws if a tile holds less
 * than the tree it is asked about.
 */
export const tileReader =
  (source: TileSource): HashReader =>
  async (subtrees) => {
    const named = new Map(subtrees.map((subtree) => [nameOf(subtree), subtree]));
    const tiles = new Map(
      await Promise.all(
        [...named].map(
          async ([name, subtree]) =>
            [name, await source(tileLevelOf(subtree), tileIndexOf(subtree))] as const,
        ),
      ),
    );
    return subtrees.map((subtree) =>
      hashIn(tiles.get(nameOf(subtree)) ?? new Uint8Array(), subtree),
    );
  };
