import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeEdge, encodeEdge, leafHash, Tree } from '#merkle';
import { edgeOf, edgeToStore, isEdgeOf } from './stored-edge.js';

const hashes = Array.from({ length: 70_000 }, (_, n) => leafHash(Buffer.from(`${n}`)));
const grow = (sizes: readonly number[]): { tree: Tree; stored: Buffer } => {
  const tree = Tree.empty();
  let stored: Buffer = Buffer.alloc(0);
  for (const count of sizes) {
    const tiles = tree.append(hashes.slice(tree.size, tree.size + count));
    stored = edgeToStore(tree, tiles) ?? stored;
  }
  return { tree, stored };
};
const read = async (size: number, stored: Buffer): Promise<Tree> => {
  const edge = await edgeOf(size, stored, (_, values) =>
    Promise.resolve(hashes.slice(...values).map((leaf_hash) => ({ leaf_hash }))),
  );
  return Tree.at(size, edge);
};
const growth = fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 20 });
const { tree: some, stored: kept } = grow([300, 5]);

describe('an edge as it is kept', () => {
  it('is the whole one, together with the last entries', async () => {
    await fc.assert(
      fc.asyncProperty(growth, async (sizes) => {
        const { tree, stored } = grow(sizes);
        expect((await read(tree.size, stored)).edge).toEqual(tree.edge);
        expect(isEdgeOf(tree, stored)).toBe(true);
      }),
    );
  });

  it('is so also of a tree of three levels', async () => {
    const { tree, stored } = grow([65_536, 600, 3]);
    expect(tree.edge).toHaveLength(3);
    expect((await read(tree.size, stored)).root()).toEqual(tree.root());
  });

  it('is refused by what expects leaf hashes in it, as former versions do', () => {
    expect(() => Tree.at(some.size, decodeEdge(kept))).toThrow('does not fit the size');
  });

  it('is not written again while no tile becomes full', () => {
    expect(edgeToStore(some, [])).toBeNull();
    expect(kept).toHaveLength(2 + 2 + 32);
  });

  it('may hold leaf hashes, as former versions kept them, up to date or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ max: 600, min: 1 }),
        fc.nat({ max: 100 }),
        async (size, more) => {
          const stored = encodeEdge(grow([size]).tree.edge);
          const { tree } = grow([size]);
          const tiles = tree.append(hashes.slice(size, size + more));
          const after = edgeToStore(tree, tiles) ?? stored;
          expect((await read(tree.size, after)).root()).toEqual(tree.root());
          expect(isEdgeOf(tree, after)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no edge', Buffer.from('x')],
    ['a level too much', Buffer.concat([kept, Buffer.alloc(2)])],
    ['another hash above', Buffer.concat([kept.subarray(0, 35), Buffer.of(1)])],
    ['another leaf hash', encodeEdge([hashes.slice(0, 1), some.edge[1] ?? []])],
    ['more leaf hashes than there are', encodeEdge([hashes.slice(256, 320), some.edge[1] ?? []])],
  ])('is not %s', (_, stored) => {
    expect(isEdgeOf(some, stored)).toBe(false);
  });

  it('does not fit another size', async () => {
    await expect(read(some.size + 256, kept)).rejects.toThrow('does not fit');
    await expect(read(255, kept)).rejects.toThrow('does not fit');
  });
});
