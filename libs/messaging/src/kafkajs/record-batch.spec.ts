import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Outgoing } from '../kafka.js';
import { encodeBatch } from './record-batch.js';

const require = createRequire(import.meta.url);
const Record = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => object;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (parts: object) => Promise<{ readonly buffer: Buffer }>;
};

const TIME = 1_764_000_000_123;
/** What kafkajs itself makes of them, with the numbers of a producer that numbers nothing. */
const own = async (records: readonly Outgoing[]): Promise<string> => {
  const { buffer } = await RecordBatch({
    records: records.map(({ key, value, headers }, offsetDelta) =>
      Record({ key, value, headers, offsetDelta, timestampDelta: 0 }),
    ),
    firstTimestamp: TIME,
    maxTimestamp: TIME,
    lastOffsetDelta: records.length - 1,
    producerEpoch: -1,
    firstSequence: -1,
  });
  return buffer.toString('hex');
};
const ours = (records: readonly Outgoing[]): string => encodeBatch(records, TIME).toString('hex');

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data));
const record = fc.record({
  topic: fc.constant('t'),
  key: fc.oneof(fc.constant(null), text, bytes),
  value: fc.oneof(text, bytes),
  headers: fc.dictionary(text, text, { maxKeys: 20 }),
});
const of = (
  value: string,
  headers: Readonly<globalThis.Record<string, string>> = {},
): Outgoing => ({
  topic: 't',
  key: 'k',
  value,
  headers,
});

describe('a batch of records', () => {
  it('is the bytes that kafkajs writes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 8 }), async (records) => {
        expect(ours(records)).toBe(await own(records));
      }),
    ));

  it.each([0, 40, 63, 64, 100, 8_000, 8_191, 8_192, 70_000, 1_100_000])(
    'is so at %i bytes, of ASCII or not, also if it has to grow',
    async (length) => {
      for (const unit of ['x', 'ä', '🎓']) {
        const long = unit.repeat(length / unit.length);
        const records = [of(long), of('short', { [long]: long }), of(long, { a: long })];
        expect(ours(records)).toBe(await own(records));
      }
    },
  );
});
