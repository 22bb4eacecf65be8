import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { groupByPartition as Group, Record } from './fast-records.js';

const require = createRequire(import.meta.url);
const own = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: Record) => {
  readonly buffer: Buffer;
};
const ownGroups = require('kafkajs/src/producer/groupMessagesPerPartition.js') as typeof Group;

const ownCrc = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C.js') as (
  bytes: Uint8Array,
) => number;
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
const { encodeRecord, groupByPartition, ofOurs } = await import('./fast-records.js');
const { crc32C } = await import('./crc32c.js');

const bytes = fc.oneof(
  fc.constant(null),
  fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data)),
);
const text = fc.string({ unit: 'binary', maxLength: 200 });
const record = fc.record({
  offsetDelta: fc.nat({ max: 1_000_000 }),
  timestampDelta: fc.constant(0),
  key: fc.oneof(bytes, text),
  value: bytes,
  headers: fc.dictionary(text, text, { maxKeys: 20 }),
});

describe('records', () => {
  it('are compared with what kafkajs itself writes', () => {
    expect(String(own)).toContain('new Encoder()');
    expect(String(ownGroups)).toContain('reduce');
  });

  it('are the bytes that kafkajs writes', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(encodeRecord(one)?.buffer.toString('hex')).toBe(own(one).buffer.toString('hex'));
      }),
    );
  });

  it.each([126, 127, 128, 16_382, 16_383, 16_384, 70_000])('are so at %i bytes', (length) => {
    const one = { key: 'k', value: Buffer.alloc(length, 7), headers: { a: 'x'.repeat(length) } };
    expect(encodeRecord(one)?.buffer.equals(own(one).buffer)).toBe(true);
  });

  it.each([
    ['another time', { value: null, timestampDelta: 5 }],
    ['a header that is no text', { value: null, headers: { a: Buffer.from('x') } }],
    ['a header given twice', { value: null, headers: { a: ['x', 'y'] } }],
  ])('with %s are left to kafkajs', (_, one) => {
    expect(encodeRecord(one)).toBeUndefined();
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
