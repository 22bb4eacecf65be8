import { EMPTY_ROOT, leafHash, nodeHash } from '../hash.js';

/** MTH as RFC 9162 §2.1.1 writes it: slow and plain. */
export const naiveRoot = (leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0] as Buffer;
  const split = naiveSplit(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
};

const naiveSplit = (count: number): number => {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
};

/** PATH as RFC 9162 §2.1.3.1 writes it. */
export const naivePath = (index: number, leaves: readonly Buffer[]): readonly Buffer[] => {
  if (leaves.length <= 1) return [];
  const split = naiveSplit(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...naivePath(index, left), naiveRoot(right)]
    : [...naivePath(index - split, right), naiveRoot(left)];
};

/** SUBPROOF as RFC 9162 §2.1.4.1 writes it. */
export const naiveConsistency = (
  from: number,
  leaves: readonly Buffer[],
  isWhole = true,
): readonly Buffer[] => {
  if (from === leaves.length) return isWhole ? [] : [naiveRoot(leaves)];
  const split = naiveSplit(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split
    ? [...naiveConsistency(from, left, isWhole), naiveRoot(right)]
    : [...naiveConsistency(from - split, right, false), naiveRoot(left)];
};

export const leavesOf = (count: number, text = 'entry'): Buffer[] =>
  Array.from({ length: count }, (_, n) => leafHash(Buffer.from(`${text} ${n}`)));
