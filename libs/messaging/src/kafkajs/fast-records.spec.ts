import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { groupByPartition as Group } from './fast-records.js';

const require = createRequire(import.meta.url);
const ownGroups = require('kafkajs/src/producer/groupMessagesPerPartition.js') as typeof Group;

const ownCrc = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C.js') as (
  bytes: Uint8Array,
) => number;
const murmur2 = 'kafkajs/src/producer/partitioners/default/murmur2.js';
type Hash = (key: Buffer | string) => number;
const ownHash = require(murmur2) as Hash;
const request = require('kafkajs/src/protocol/requests/produce/v3/request.js') as (
  parts: object,
) => { encode(): Promise<{ readonly buffer: Buffer }> };
/** A whole request, with records from nothing to a megabyte; their time is always the same. */
const produce = async (): Promise<string> => {
  const messages = [0, 10, 500, 70_000, 1_000_000].map((length, n) => ({
    key: `key-${n}`,
    value: Buffer.alloc(length, n),
    headers: { ce_id: `${n}`, ce_type: 'ä'.repeat(n * 40) },
    timestamp: 1_764_000_000_000,
  }));
  const topicData = ['one', 'two'].map((topic) => ({
    topic,
    partitions: [0, 7].map((partition) => ({ partition, messages })),
  }));
  const { buffer } = await request({ acks: -1, timeout: 1_000, topicData }).encode();
  return createHash('sha256').update(buffer).digest('hex');
};
const ownRequest = await produce();

// After kafkajs' own were taken: it puts ours in their place.
const { groupByPartition, ofOurs } = await import('./fast-records.js');
const { crc32C } = await import('./crc32c.js');

describe('records', () => {
  it('are compared with what kafkajs itself writes', () => {
    expect(String(ownGroups)).toContain('reduce');
  });

  it('make the same request, whatever their size', async () => {
    expect(await produce()).toBe(ownRequest);
  });

  it('have the checksum that RFC 3720 gives, and kafkajs', () => {
    expect(crc32C(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32C(new Uint8Array(32))).toBe(0x8a9136aa);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        expect(crc32C(data)).toBe(ownCrc(data) >>> 0);
      }),
    );
  });

  it('are spread by the same hash', () => {
    const hash = require(murmur2) as Hash;
    expect(hash).not.toBe(ownHash);
    const positive = (number: number): number => number & 0x7fffffff;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (key) => {
          expect(positive(hash(key))).toBe(positive(ownHash(key)));
        },
      ),
    );
  });

  it('of ours go to each partition as one batch, those of others one by one', () => {
    const record = { topic: 't', key: 'k', value: 'v', headers: {} };
    const groups = groupByPartition<object>({
      topic: 't',
      partitionMetadata: [1],
      messages: [0, 1, 0].map((partition) => ofOurs({ ...record, partition })),
      partitioner: (parts) => (parts as { message: { partition: number } }).message.partition,
    });
    const batch = [{ value: null, batch: expect.any(Buffer) }];
    expect(groups).toEqual({ 0: batch, 1: batch });
  });

  it('go to the partitions where kafkajs puts them, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 5 }), { maxLength: 50 }),
        fc.boolean(),
        (wanted, isEmpty) => {
          const grouping = {
            topic: 't',
            partitionMetadata: isEmpty ? [] : [1],
            messages: wanted.map((partition, n) => ({ partition, n })),
            partitioner: (parts: object) =>
              (parts as { message: { partition: number } }).message.partition,
          };
          expect(groupByPartition(grouping)).toEqual(ownGroups(grouping));
        },
      ),
    );
  });
});
