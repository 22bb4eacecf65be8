import { PARTITIONS } from '#contracts';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** MurmurHash2, as Kafka's own clients hash keys; a signed 32-bit number. */
export const murmur2 = (data: Buffer): number => {
  const { length } = data;
  let h = SEED ^ length;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(data.readInt32LE(i), M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  if (whole < length) {
    for (let i = length - 1; i >= whole; i -= 1) h ^= (data[i] ?? 0) << (8 * (i - whole));
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
};

/**
 * The partition of a key (UTF-8): the same as Kafka's default, but computed here and named when
 * publishing, because `previous` is counted per partition.
 */
export const partitionOf = (key: string): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % PARTITIONS;
