import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { leafHash } from './hash.js';
import { leavesOf as leaves, naiveRoot } from './testing/naive.js';
import { decodeEdge, encodeEdge, TILE_WIDTH, Tree } from './tree.js';

describe('the tree', () => {
  it('has the roots of the RFC 6962 test data', () => {
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ].map((hex) => leafHash(Buffer.from(hex, 'hex')));
    const tree = Tree.empty();
    expect(tree.root().toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    tree.append(inputs);
    expect(tree.root().toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it.each([1, 2, 3, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_793])(
    'has the root of the plain definition at size %i',
    (size) => {
      const tree = Tree.empty();
      const all = leaves(size);
      tree.append(all);
      expect(tree.root()).toEqual(naiveRoot(all));
    },
  );

  it('gives the same root and tiles however the appends are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 6 }), (cuts) => {
        const all = leaves(cuts.reduce((sum, cut) => sum + cut, 0));
        const whole = Tree.empty();
        const tilesOfWhole = whole.append(all);
        let tree = Tree.empty();
        const tiles = [];
        let at = 0;
        for (const cut of cuts) {
          tree = Tree.at(tree.size, decodeEdge(encodeEdge(tree.edge)));
          tiles.push(...tree.append(all.slice(at, at + cut)));
          at += cut;
        }
        expect(tree.root()).toEqual(whole.root());
        expect(tiles).toEqual(tilesOfWhole);
      }),
      { numRuns: 40 },
    );
  });

  it('hands out a tile when it is full, and never before', () => {
    const tree = Tree.empty();
    expect(tree.append(leaves(TILE_WIDTH - 1))).toEqual([]);
    const [tile] = tree.append(leaves(1));
    expect([tile?.level, tile?.index, tile?.hashes.length]).toEqual([0, 0, TILE_WIDTH * 32]);
  });

  it('changes its root when one bit of one entry changes', () => {
    const all = leaves(300);
    const other = all.with(123, leafHash(Buffer.from('entry 122')));
    const [a, b] = [Tree.empty(), Tree.empty()];
    a.append(all);
    b.append(other);
    expect(a.root()).not.toEqual(b.root());
  });

  it.each([
    [3, []],
    [0, [leaves(1)]],
    [256, [leaves(1), leaves(1)]],
    [2, [leaves(1)]],
  ])('refuses an edge that does not fit size %i', (size, edge) => {
    expect(() => Tree.at(size, edge)).toThrow('does not fit');
  });

  it.each([1, 31, 32, 33, 64, 96, 97])('refuses an edge that is cut short by %i bytes', (less) => {
    const bytes = encodeEdge([leaves(3)]);
    expect(() => decodeEdge(bytes.subarray(0, bytes.length - less))).toThrow('cut short');
  });

  it('is not moved by what happens to its clone', () => {
    const tree = Tree.empty();
    tree.append(leaves(300));
    const [size, root, edge] = [tree.size, tree.root(), encodeEdge(tree.edge)];
    tree.clone().append(leaves(300));
    expect([tree.size, tree.root(), encodeEdge(tree.edge)]).toEqual([size, root, edge]);
  });
});
