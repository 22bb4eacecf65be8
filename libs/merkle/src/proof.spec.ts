import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EMPTY_ROOT, HASH_BYTES, leafHash } from './hash.js';
import { consistencyProof, inclusionProof, rootAt, type Subtree } from './proof.js';
import { leavesOf, naiveConsistency, naivePath, naiveRoot } from './testing/naive.js';
import { tileReader } from './tile-reader.js';
import { TILE_WIDTH, Tree } from './tree.js';
import { verifyConsistency, verifyInclusion } from './verify.js';

/** Reads from a list of leaves, by the definition. */
const naiveReader = (leaves: readonly Buffer[]) => (subtrees: readonly Subtree[]) =>
  Promise.resolve(
    subtrees.map(({ level, index }) => {
      const width = 2 ** level;
      const part = leaves.slice(index * width, (index + 1) * width);
      if (part.length < width) throw new Error('not a complete subtree');
      return naiveRoot(part);
    }),
  );

/** Reads from the tiles and the edge of a tree, as a server would. */
const treeReader = (leaves: readonly Buffer[]) => {
  const tree = Tree.empty();
  const tiles = new Map(
    tree.append(leaves).map(({ level, index, hashes }) => [`${level}/${index}`, hashes]),
  );
  const read = tileReader((level, index) =>
    Promise.resolve(tiles.get(`${level}/${index}`) ?? Buffer.concat(tree.edge[level] ?? [])),
  );
  return { read, root: tree.root() };
};

const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit % 8)), at);
  return copy;
};

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

describe('a false claim of inclusion', () => {
  const size = 300;
  const leaves = leavesOf(size);
  const { read, root } = treeReader(leaves);
  const claimOf = async (index: number) => ({
    leafHash: leaves[index] as Buffer,
    index,
    size,
    proof: await inclusionProof(index, size, read),
    root,
  });

  it('is found whatever bit of the leaf, the proof or the root is another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.nat(), fc.nat(255), async (index, which, bit) => {
        const claim = await claimOf(index);
        const at = which % (claim.proof.length + 2);
        expect(
          verifyInclusion({
            ...claim,
            ...(at === 0 ? { leafHash: flipped(claim.leafHash, bit) } : {}),
            ...(at === 1 ? { root: flipped(claim.root, bit) } : {}),
            proof: claim.proof.map((hash, n) => (n + 2 === at ? flipped(hash, bit) : hash)),
          }),
        ).toBe(false);
      }),
    );
  });

  it('is found for every other place', async () => {
    const claim = await claimOf(77);
    for (let index = 0; index < size; index += 1)
      expect(verifyInclusion({ ...claim, index })).toBe(index === 77);
  });

  it.each<[string, (claim: Awaited<ReturnType<typeof claimOf>>) => object]>([
    ['a hash less', ({ proof }) => ({ proof: proof.slice(1) })],
    ['a hash less at the top', ({ proof }) => ({ proof: proof.slice(0, -1) })],
    ['a hash more', ({ proof }) => ({ proof: [...proof, EMPTY_ROOT] })],
    ['its hashes in another order', ({ proof }) => ({ proof: proof.toReversed() })],
    ['no hashes', () => ({ proof: [] })],
    ['a hash cut short', ({ proof }) => ({ proof: proof.map((hash) => hash.subarray(1)) })],
    ['another size', () => ({ size: 600 })],
    ['a place outside the tree', () => ({ index: 300 })],
    ['a negative place', () => ({ index: -1 })],
    ['half a place', () => ({ index: 77.5 })],
    ['no size', () => ({ size: 0, index: 0 })],
    ['an endless size', () => ({ size: Number.POSITIVE_INFINITY })],
    ['the empty root', () => ({ root: EMPTY_ROOT })],
    ['a root cut short', ({ root: whole }) => ({ root: whole.subarray(0, HASH_BYTES - 1) })],
  ])('is found with %s', async (_, change) => {
    const claim = await claimOf(77);
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, ...change(claim) })).toBe(false);
  });
});

describe('a false claim of consistency', () => {
  const [from, size] = [77, 300];
  const leaves = leavesOf(size);
  const fromRoot = naiveRoot(leaves.slice(0, from));
  const { read, root } = treeReader(leaves);
  const claimOf = async (begin = from) => ({
    from: begin,
    fromRoot: naiveRoot(leaves.slice(0, begin)),
    size,
    root,
    proof: await consistencyProof(begin, size, read),
  });

  it('is found whatever bit of the roots or the proof is another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: size - 1 }),
        fc.nat(),
        fc.nat(255),
        async (begin, which, bit) => {
          const claim = await claimOf(begin);
          const at = which % (claim.proof.length + 2);
          expect(
            verifyConsistency({
              ...claim,
              ...(at === 0 ? { fromRoot: flipped(claim.fromRoot, bit) } : {}),
              ...(at === 1 ? { root: flipped(claim.root, bit) } : {}),
              proof: claim.proof.map((hash, n) => (n + 2 === at ? flipped(hash, bit) : hash)),
            }),
          ).toBe(false);
        },
      ),
    );
  });

  it('is found when nothing is made to look like a beginning', async () => {
    const first = leaves[0] as Buffer;
    const proof = [first, ...(await inclusionProof(0, size, read))];
    expect(verifyConsistency({ from: 0, fromRoot: first, size, root, proof })).toBe(false);
  });

  it('is found when an entry of the beginning was rewritten', async () => {
    const rewritten = leaves.with(5, leafHash(Buffer.from('another')));
    const other = treeReader(rewritten);
    const claim = { from, fromRoot, size, root: other.root };
    const proof = await consistencyProof(from, size, other.read);
    expect(verifyConsistency({ ...claim, proof })).toBe(false);
  });

  it.each<[string, (claim: Awaited<ReturnType<typeof claimOf>>) => object]>([
    ['a hash less', ({ proof }) => ({ proof: proof.slice(1) })],
    ['a hash more', ({ proof }) => ({ proof: [...proof, EMPTY_ROOT] })],
    ['its hashes in another order', ({ proof }) => ({ proof: proof.toReversed() })],
    ['no hashes', () => ({ proof: [] })],
    ['an earlier size', () => ({ from: 76 })],
    ['a later size', () => ({ from: 78 })],
    ['nothing as its beginning', () => ({ from: 0, fromRoot: EMPTY_ROOT, proof: [] })],
    ['a beginning longer than the whole', () => ({ from: 301 })],
    ['the same size and another root', () => ({ from: 300, proof: [] })],
    ['a root cut short', ({ root: whole }) => ({ root: whole.subarray(1) })],
  ])('is found with %s', async (_, change) => {
    const claim = await claimOf();
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, ...change(claim) })).toBe(false);
  });
});
