import { EMPTY_ROOT, nodeHash } from './hash.js';

/** A complete subtree: the hash of the leaves [index · 2^level, (index + 1) · 2^level). */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Reads the hashes of complete subtrees, in the order asked for. Throws for one it lacks. */
export type HashReader = (subtrees: readonly Subtree[]) => Promise<readonly Uint8Array[]>;

/** Leaves [start, end) of a tree. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two below n (RFC 9162 §2.1.1: k). No bit operators: sizes pass 2^31. */
const splitOf = (n: number): number => {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
};

/** A range that starts where its largest subtree may start, as complete subtrees from the left. */
const subtreesOf = ({ start, end }: Range): readonly Subtree[] => {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end;) {
    let level = 0;
    while (at + 2 ** (level + 1) <= end) level += 1;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
};

/** Reads the roots of ranges with one question to the reader. */
const rootsOf = async (ranges: readonly Range[], read: HashReader): Promise<readonly Buffer[]> => {
  const parts = ranges.map(subtreesOf);
  const hashes = await read(parts.flat());
  let at = 0;
  return parts.map(({ length }) => {
    const own = hashes.slice(at, at + length);
    at += length;
    if (own.length < length) throw new Error('the reader gave too few hashes');
    const root = own.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : nodeHash(left, right)),
      undefined,
    );
    return Buffer.from(root ?? EMPTY_ROOT);
  });
};

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

/** The root of the first `size` leaves (RFC 9162 §2.1.1). Throws what the reader throws. */
export const rootAt = async (size: number, read: HashReader): Promise<Buffer> => {
  if (!isCount(size)) throw new RangeError('a tree has a whole number of leaves');
  const [root] = await rootsOf([{ start: 0, end: size }], read);
  return root ?? EMPTY_ROOT;
};

/**
 * The hashes that show leaf `index` to be in the tree of `size` leaves (RFC 9162 §2.1.3.1), lowest
 * first. Throws RangeError unless 0 ≤ index < size.
 */
export const inclusionProof = async (
  index: number,
  size: number,
  read: HashReader,
): Promise<readonly Buffer[]> => {
  if (!isCount(index) || !isCount(size) || index >= size)
    throw new RangeError('the tree of this size has no such leaf');
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  return rootsOf(ranges, read);
};

/**
 * The hashes that show the tree of `from` leaves to be the beginning of the tree of `size` leaves
 * (RFC 9162 §2.1.4.1), lowest first; empty for equal sizes and for the empty tree. Throws
 * RangeError unless 0 ≤ from ≤ size.
 */
export const consistencyProof = async (
  from: number,
  size: number,
  read: HashReader,
): Promise<readonly Buffer[]> => {
  if (!isCount(from) || !isCount(size) || from > size)
    throw new RangeError('the later tree is smaller');
  if (from === 0 || from === size) return [];
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end !== from) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  // The earlier tree itself is known to who asks, if it is one complete subtree from the left.
  if (start > 0) ranges.unshift({ start, end });
  return rootsOf(ranges, read);
};
