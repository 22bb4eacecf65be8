import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { leafHash } from './hash.js';
import { consistencyProof, inclusionProof, rootAt } from './proof.js';
import { leavesOf, naiveConsistency, naivePath, naiveRoot } from './testing/naive.js';
import { naiveReader, treeReader } from './testing/readers.js';
import { TILE_WIDTH } from './tree.js';
import { verifyConsistency, verifyInclusion } from './verify.js';

const hex = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('hex'));

describe('the test data of RFC 6962’s reference implementation', () => {
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((entry) => leafHash(Buffer.from(entry, 'hex')));
  const read = naiveReader(leaves);

  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('has its root at size %i', async (size, root) => {
    expect((await rootAt(size, read)).toString('hex')).toBe(root);
  });

  it.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [
      1,
      5,
      [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('has its inclusion proof of leaf %i at size %i', async (index, size, expected) => {
    expect(hex(await inclusionProof(index, size, read))).toEqual(expected);
  });

  it.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('has its consistency proof from size %i to %i', async (from, size, expected) => {
    expect(hex(await consistencyProof(from, size, read))).toEqual(expected);
  });
});

describe('proofs', () => {
  it('are those of the definition, for every leaf and pair of sizes up to 40', async () => {
    const all = leavesOf(40);
    const read = naiveReader(all);
    for (let size = 1; size <= all.length; size += 1) {
      const leaves = all.slice(0, size);
      const root = naiveRoot(leaves);
      for (let n = 0; n < size; n += 1) {
        const proof = await inclusionProof(n, size, read);
        expect(proof).toEqual(naivePath(n, leaves));
        const claim = { leafHash: all[n] as Buffer, index: n, size, proof, root };
        expect(verifyInclusion(claim)).toBe(true);
        const from = n + 1;
        const later = await consistencyProof(from, size, read);
        expect(later).toEqual(naiveConsistency(from, leaves));
        const fromRoot = naiveRoot(all.slice(0, from));
        expect(verifyConsistency({ from, fromRoot, size, root, proof: later })).toBe(true);
      }
    }
  });

  it('can be read from tiles, across their borders', async () => {
    const count = 2 * TILE_WIDTH * TILE_WIDTH + 3 * TILE_WIDTH + 5;
    const all = leavesOf(count);
    const { read, root } = treeReader(all);
    expect(await rootAt(count, read)).toEqual(root);
    await fc.assert(
      fc.asyncProperty(fc.nat(count - 1), fc.nat(count - 1), async (index, n) => {
        const size = Math.max(index, n) + 1;
        const [proof, rootThen] = [
          await inclusionProof(index, size, read),
          await rootAt(size, read),
        ];
        const leaf = all[index] as Buffer;
        expect(verifyInclusion({ leafHash: leaf, index, size, proof, root: rootThen })).toBe(true);
        const later = await consistencyProof(size, count, read);
        const claim = { from: size, fromRoot: rootThen, size: count, root, proof: later };
        expect(verifyConsistency(claim)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('are refused for a leaf, size or tile that is not there', async () => {
    const { read } = treeReader(leavesOf(10));
    await expect(inclusionProof(10, 10, read)).rejects.toThrow(RangeError);
    await expect(inclusionProof(-1, 10, read)).rejects.toThrow(RangeError);
    await expect(inclusionProof(0.5, 10, read)).rejects.toThrow(RangeError);
    await expect(consistencyProof(11, 10, read)).rejects.toThrow(RangeError);
    await expect(rootAt(-1, read)).rejects.toThrow(RangeError);
    await expect(rootAt(11, read)).rejects.toThrow('cut short');
    await expect(rootAt(3, () => Promise.resolve([]))).rejects.toThrow('too few');
  });
});
