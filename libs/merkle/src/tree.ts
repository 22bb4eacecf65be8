import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hash.js';

/** Hashes in a full tile (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;

/** A full tile: never changes once written. Level 0 holds leaf hashes. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 256 hashes of 32 bytes. */
  readonly hashes: Buffer;
}

/**
 * The right edge of the tree: at each level the hashes of the tile that is not full yet. Together
 * with the full tiles it is the whole tree; alone it is enough to append and to know the root.
 */
export type Edge = readonly (readonly Buffer[])[];

/** MTH of a list of hashes of subtrees of equal size (RFC 6962 §2.1). */
const rootOf = (hashes: readonly Buffer[]): Buffer => {
  let level = hashes;
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let n = 0; n + 1 < level.length; n += 2)
      next.push(nodeHash(level[n] as Buffer, level[n + 1] as Buffer));
    // An odd one out moves up as it is: that is the split at the largest power of two.
    if (level.length % 2 === 1) next.push(level.at(-1) as Buffer);
    level = next;
  }
  return level[0] ?? EMPTY_ROOT;
};

/** A tree that grows. Keeps the edge only; what becomes full leaves as tiles. */
export class Tree {
  readonly #edge: Buffer[][];
  #size: number;

  private constructor(size: number, edge: Edge) {
    this.#size = size;
    this.#edge = edge.map((hashes) => [...hashes]);
  }

  static empty(): Tree {
    return new Tree(0, []);
  }

  /** The tree of a size with this edge. Throws unless the edge fits the size. */
  static at(size: number, edge: Edge): Tree {
    let rest = size;
    for (const hashes of edge) {
      if (hashes.length !== rest % TILE_WIDTH) throw new Error('the edge does not fit the size');
      rest = Math.floor(rest / TILE_WIDTH);
    }
    if (rest !== 0) throw new Error('the edge does not fit the size');
    return new Tree(size, edge);
  }

  get size(): number {
    return this.#size;
  }

  get edge(): Edge {
    return this.#edge;
  }

  /** Appends leaf hashes; returns the tiles that became full, lower levels first. */
  append(leaves: readonly Buffer[]): readonly Tile[] {
    const tiles: Tile[] = [];
    for (const leaf of leaves) {
      this.#size += 1;
      this.#push(0, leaf, tiles);
    }
    return tiles;
  }

  /** The root (RFC 6962 §2.1) of the tree as it stands. */
  root(): Buffer {
    // Right to left: each level's rest, joined to what is smaller on its right.
    let right: Buffer | undefined;
    for (const hashes of this.#edge) {
      const parts = right === undefined ? hashes : [...hashes, right];
      if (parts.length > 0) right = right === undefined ? rootOf(hashes) : joinRight(hashes, right);
    }
    return right ?? EMPTY_ROOT;
  }

  clone(): Tree {
    return new Tree(this.#size, this.#edge);
  }

  #push(level: number, hash: Buffer, tiles: Tile[]): void {
    const hashes = (this.#edge[level] ??= []);
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    const perTile = TILE_WIDTH ** (level + 1);
    tiles.push({
      level,
      index: Math.floor(this.#size / perTile) - 1,
      hashes: Buffer.concat(hashes),
    });
    this.#edge[level] = [];
    this.#push(level + 1, rootOf(hashes), tiles);
  }
}

/**
 * Joins complete subtrees of equal size with one smaller subtree on their right: the rest on the
 * right belongs under the last, smallest power of two of them.
 */
const joinRight = (hashes: readonly Buffer[], right: Buffer): Buffer => {
  let joined = right;
  let end = hashes.length;
  while (end > 0) {
    const width = end & -end;
    joined = nodeHash(rootOf(hashes.slice(end - width, end)), joined);
    end -= width;
  }
  return joined;
};

/** The edge as bytes: for each level a big-endian count of two bytes, then the hashes. */
export const encodeEdge = (edge: Edge): Buffer =>
  Buffer.concat(
    edge.flatMap((hashes) => {
      const count = Buffer.alloc(2);
      count.writeUInt16BE(hashes.length);
      return [count, ...hashes];
    }),
  );

/** Reads what encodeEdge wrote. Throws if bytes are missing or left over. */
export const decodeEdge = (bytes: Uint8Array): Edge => {
  const buffer = Buffer.from(bytes);
  const edge: Buffer[][] = [];
  let at = 0;
  while (at < buffer.length) {
    const count = buffer.readUInt16BE(at);
    at += 2;
    if (at + count * HASH_BYTES > buffer.length) throw new Error('the edge is cut short');
    edge.push(
      Array.from({ length: count }, (_, n) =>
        buffer.subarray(at + n * HASH_BYTES, at + (n + 1) * HASH_BYTES),
      ),
    );
    at += count * HASH_BYTES;
  }
  return edge;
};
