import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EMPTY_ROOT, HASH_BYTES, leafHash } from './hash.js';
import { consistencyProof, inclusionProof } from './proof.js';
import { leavesOf, naiveRoot } from './testing/naive.js';
import { treeReader } from './testing/readers.js';
import { verifyConsistency, verifyInclusion } from './verify.js';

const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit % 8)), at);
  return copy;
};

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
