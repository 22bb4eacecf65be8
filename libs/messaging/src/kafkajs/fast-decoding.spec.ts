import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Record as Encodable } from './fast-records.js';

const require = createRequire(import.meta.url);
type Decode = typeof import('./fast-decoding.js').decodeRecord;
const path = 'kafkajs/src/protocol/recordBatch/record/v0/decoder.js';
const own = require(path) as Decode;
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (
  bytes: Buffer,
) => Parameters<Decode>[0] & { readVarIntBytes(): Buffer };

const encode = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: Encodable,
) => { readonly buffer: Buffer };

// After kafkajs' own was taken: it puts ours in its place.
const { decodeRecord } = await import('./fast-decoding.js');

const text = fc.string({ unit: 'binary', maxLength: 200 });
/** Of a header named as something that all objects have, kafkajs makes that and its value. */
const name = text.filter((some) => !(some in {}));
const record: fc.Arbitrary<Encodable> = fc.record({
  offsetDelta: fc.nat({ max: 1_000_000 }),
  timestampDelta: fc.constant(0),
  key: fc.oneof(fc.constant(null), text),
  value: fc.oneof(
    fc.constant(null),
    fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes)),
  ),
  headers: fc.dictionary(name, text, { maxKeys: 20 }),
});
const context = fc.record({
  firstOffset: fc.nat({ max: 2 ** 52 }).map(String),
  firstTimestamp: fc.constant('1764000000000'),
  maxTimestamp: fc.constant('1764000000009'),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

const ASKED = [
  'magicByte',
  'attributes',
  'timestamp',
  'offset',
  'key',
  'value',
  'isControlRecord',
  'batchContext',
] as const;

/** What kafkajs and we ask a record for, with headers as text, which is how ours are. */
const plain = (decoded: object) => {
  const record = decoded as Readonly<Record<(typeof ASKED)[number] | 'headers', unknown>>;
  return {
    ...Object.fromEntries(ASKED.map((name) => [name, record[name]])),
    headers: Object.entries(record.headers as object).map(([name, value]) => [
      name,
      [value as unknown]
        .flat()
        .map((each: unknown) => (Buffer.isBuffer(each) ? each.toString() : each)),
    ]),
  };
};

describe('records as they are read', () => {
  const bytesOf = (some: Encodable): Buffer => new Decoder(encode(some).buffer).readVarIntBytes();

  it('are compared with what kafkajs itself reads', () => {
    expect(String(own)).toContain('HeaderDecoder');
    expect(require(path)).toBe(decodeRecord);
  });

  it('are asked for all that kafkajs reads', () => {
    const batch = { firstOffset: '0', firstTimestamp: '0', magicByte: 2 };
    const names = Object.keys(own(new Decoder(bytesOf({ value: null })), batch));
    expect(names.toSorted()).toEqual([...ASKED, 'headers'].toSorted());
  });

  it('say the same however often they are asked', () => {
    const batch = { firstOffset: '7', firstTimestamp: '0', magicByte: 2 };
    const some = { key: 'k', value: Buffer.from('v'), headers: { a: 'x' } };
    const decoded = decodeRecord(new Decoder(bytesOf(some)), batch);
    expect(plain(decoded)).toEqual(plain(decoded));
    expect(plain(decoded)).toMatchObject({ offset: '7', headers: [['a', ['x']]] });
  });

  it('are what kafkajs reads', () => {
    fc.assert(
      fc.property(record, context, (some, batch) => {
        const bytes = bytesOf(some);
        expect(plain(decodeRecord(new Decoder(bytes), batch))).toEqual(
          plain(own(new Decoder(bytes), batch)),
        );
      }),
    );
  });

  it('have their own names, whatever those of the record before were', () => {
    const batch = { firstOffset: '0', firstTimestamp: '0', magicByte: 2 };
    const long = 'n'.repeat(100);
    for (const headers of [
      { ab: '1', c: '2' },
      { ab: '3', c: '4' },
      { ac: '5', c: '6' },
      { c: '7' },
      { [long]: '8', ab: '9' },
      { [long]: '10', ä: '11' },
      { ä: '12', ab: '13' },
    ])
      expect(plain(decodeRecord(new Decoder(bytesOf({ value: null, headers })), batch))).toEqual(
        plain(own(new Decoder(bytesOf({ value: null, headers })), batch)),
      );
  });

  it('have a list of values for a header that is there twice', () => {
    const bytes = bytesOf({ value: null, headers: { a: 'x', b: 'y' } });
    bytes[bytes.lastIndexOf('b')] = 'a'.charCodeAt(0);
    const batch = { firstOffset: '0', firstTimestamp: '0', magicByte: 2 };
    expect(plain(decodeRecord(new Decoder(bytes), batch)).headers).toEqual([['a', ['x', 'y']]]);
  });

  it('have their own time, before or after that of the batch', () => {
    const bytes = bytesOf({ value: null });
    // Of the attributes and the time, an offset of 0, no key, no value and no headers.
    const later = (zigZag: readonly number[]): Buffer =>
      Buffer.concat([bytes.subarray(0, 1), Buffer.from(zigZag), bytes.subarray(2)]);
    const batch = { firstOffset: '5', firstTimestamp: '1764000000000', magicByte: 2 };
    for (const zigZag of [[0x01], [0x80, 0x01], [0xff, 0xff, 0xff, 0xff, 0xff, 0x3f]])
      expect(plain(decodeRecord(new Decoder(later(zigZag)), batch))).toEqual(
        plain(own(new Decoder(later(zigZag)), batch)),
      );
  });
});
