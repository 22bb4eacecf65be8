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

/** The part of one level's tiles that is not full yet. */
class Level {
  readonly hashes: Buffer[] = [];
  /** Roots of its complete subtrees, largest first: one for each bit of the number of hashes. */
  readonly #peaks: Buffer[] = [];

  static of(hashes: readonly Buffer[]): Level {
    const level = new Level();
    for (const hash of hashes) level.push(hash);
    return level;
  }

  push(hash: Buffer): void {
    let peak = hash;
    for (let count = this.hashes.length; count % 2 === 1; count = (count - 1) / 2)
      peak = nodeHash(this.#peaks.pop() as Buffer, peak);
    this.#peaks.push(peak);
    this.hashes.push(hash);
  }

  /** The root of what is here and of what is right of it on the levels below. */
  root(right: Buffer | undefined): Buffer | undefined {
    return this.#peaks.reduceRight<Buffer | undefined>(
      (joined, peak) => (joined === undefined ? peak : nodeHash(peak, joined)),
      right,
    );
  }

  clone(): Level {
    const level = new Level();
    level.hashes.push(...this.hashes);
    level.#peaks.push(...this.#peaks);
    return level;
  }
}

/** A tree that grows. Keeps the edge only; what becomes full leaves as tiles. */
export class Tree {
  readonly #levels: Level[];
  #size: number;

  private constructor(size: number, levels: Level[]) {
    this.#size = size;
    this.#levels = levels;
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
    return new Tree(
      size,
      edge.map((hashes) => Level.of(hashes)),
    );
  }

  get size(): number {
    return this.#size;
  }

  get edge(): Edge {
    return this.#levels.map(({ hashes }) => hashes);
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

  /** The root (RFC 9162 §2.1.1) of the tree as it stands. */
  root(): Buffer {
    return (
      this.#levels.reduce<Buffer | undefined>((right, level) => level.root(right), undefined) ??
      EMPTY_ROOT
    );
  }

  clone(): Tree {
    return new Tree(
      this.#size,
      this.#levels.map((level) => level.clone()),
    );
  }

  #push(height: number, hash: Buffer, tiles: Tile[]): void {
    const level = (this.#levels[height] ??= new Level());
    level.push(hash);
    if (level.hashes.length < TILE_WIDTH) return;
    const perTile = TILE_WIDTH ** (height + 1);
    tiles.push({
      level: height,
      index: Math.floor(this.#size / perTile) - 1,
      hashes: Buffer.concat(level.hashes),
    });
    this.#levels[height] = new Level();
    this.#push(height + 1, level.root(undefined) ?? EMPTY_ROOT, tiles);
  }
}

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
    if (at + 2 > buffer.length) throw new Error('the edge is cut short');
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
