import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BinaryRows } from './binary-copy.js';

/** Reads the format as PostgreSQL's manual describes it ("COPY", Binary Format). */
const decode = (bytes: Buffer): (Buffer | undefined)[][] => {
  expect(bytes.subarray(0, 11).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0');
  expect(bytes.readBigInt64BE(11)).toBe(0n);
  const rows: (Buffer | undefined)[][] = [];
  let at = 19;
  for (let fields = bytes.readInt16BE(at); fields !== -1; fields = bytes.readInt16BE(at)) {
    at += 2;
    const row: (Buffer | undefined)[] = [];
    for (let n = 0; n < fields; n += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length === -1 ? undefined : bytes.subarray(at, at + length));
      at += Math.max(length, 0);
    }
    rows.push(row);
  }
  expect(at + 2).toBe(bytes.length);
  return rows;
};

describe('binary COPY', () => {
  it('is a header and a trailer when there are no rows', () => {
    expect(decode(new BinaryRows().end())).toEqual([]);
  });

  it('writes each type as PostgreSQL reads it', () => {
    const rows = new BinaryRows();
    rows
      .row(6)
      .int8(2 ** 53 - 1)
      .int4(-2)
      .text('née')
      .bytes(Buffer.of(0, 255));
    rows.timestamptz(new Date('2000-01-01T00:00:00.001Z'));
    rows.timestamptz(new Date('1999-12-31T23:59:59.999Z'));
    expect(decode(rows.end())[0]?.map((field) => field?.toString('hex'))).toEqual([
      '001fffffffffffff',
      'fffffffe',
      '6ec3a965',
      '00ff',
      '00000000000003e8',
      'fffffffffffffc18',
    ]);
  });

  it('writes numbers and times of eight bytes exactly', () => {
    const numbers = [0, -1, 2 ** 32, -(2 ** 32) - 5, 2 ** 53 - 1, -(2 ** 53) + 1];
    const times = ['0001-01-01T00:00:00.001Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'];
    const rows = new BinaryRows();
    for (const number of numbers) rows.row(1).int8(number);
    for (const time of times) rows.row(1).timestamptz(new Date(time));
    const read = decode(rows.end()).map(([field]) => field?.readBigInt64BE());
    const begin = BigInt(Date.UTC(2000, 0, 1));
    expect(read).toEqual([
      ...numbers.map(BigInt),
      ...times.map((time) => (BigInt(Date.parse(time)) - begin) * 1_000n),
    ]);
  });

  it('writes text of one character a byte as these bytes', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    const rows = new BinaryRows(0).row(2).latin1(bytes.toString('latin1')).latin1(undefined);
    expect(decode(rows.end())).toEqual([[bytes, undefined]]);
  });

  it('tells what is absent from what is empty', () => {
    const rows = new BinaryRows().row(5).text(undefined).int4(undefined).bytes(undefined);
    rows.text('').bytes(new Uint8Array());
    expect(decode(rows.end())).toEqual([
      [undefined, undefined, undefined, Buffer.alloc(0), Buffer.alloc(0)],
    ]);
  });

  it('gives back whatever texts and bytes went in, however large they grow', () => {
    const field = fc.option(fc.uint8Array({ maxLength: 40_000, size: 'max' }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), field)), (given) => {
        const rows = new BinaryRows();
        for (const [text, bytes] of given) rows.row(2).text(text).bytes(bytes);
        expect(decode(rows.end())).toEqual(
          given.map(([text, bytes]) => [Buffer.from(text), bytes && Buffer.from(bytes)]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, (rows: BinaryRows) => unknown]>([
    ['a field too many', (rows) => rows.row(1).int4(1).int4(2)],
    ['a field before the first row', (rows) => rows.int4(1)],
    ['a field too few', (rows) => rows.row(2).int4(1).row(2)],
    ['an unfinished last row', (rows) => rows.row(2).int4(1).end()],
    ['a number that is not whole', (rows) => rows.row(1).int8(0.5)],
    ['a number of more than four bytes', (rows) => rows.row(1).int4(2 ** 31)],
    ['a date that is none', (rows) => rows.row(1).timestamptz(new Date('x'))],
  ])('refuses %s', (_, write) => {
    expect(() => write(new BinaryRows())).toThrow();
  });
});
