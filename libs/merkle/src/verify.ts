import { HASH_BYTES, nodeHash } from './hash.js';

const isHash = (hash: Uint8Array): boolean => hash.length === HASH_BYTES;
const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * Whether a leaf is at `index` in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2).
 * Anything malformed is false, never an error.
 */
export const verifyInclusion = (claim: {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}): boolean => {
  const { leafHash, index, size, proof, root } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false;
  if (index < 0 || index >= size) return false;
  if (![leafHash, root, ...proof].every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let hash: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isEqual(hash, root);
};

/**
 * Whether the tree of `from` leaves is the beginning of the tree of `size` leaves
 * (RFC 9162 §2.1.4.2): nothing was changed or taken out, only added. Anything malformed is false.
 */
export const verifyConsistency = (claim: {
  readonly from: number;
  readonly fromRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): boolean => {
  const { from, fromRoot, size, root, proof } = claim;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(size)) return false;
  // Every tree begins with the empty one; that would prove nothing, so it is not accepted.
  if (from < 1 || from > size) return false;
  if (![fromRoot, root, ...proof].every(isHash)) return false;
  if (from === size) return proof.length === 0 && isEqual(fromRoot, root);
  let node = from - 1;
  let last = size - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // The earlier tree is one complete subtree exactly when nothing is left of its last leaf.
  const path = node === 0 ? [fromRoot, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined || rest.length === 0) return false;
  let [earlier, later] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      earlier = nodeHash(sibling, earlier);
      later = nodeHash(sibling, later);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else later = nodeHash(later, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isEqual(earlier, fromRoot) && isEqual(later, root);
};
