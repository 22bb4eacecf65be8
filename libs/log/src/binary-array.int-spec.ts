import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '#testing';
import { binaryArray, int4, int8, latin1, text, timestamptz } from './binary-array.js';

let database: Database;
beforeAll(async () => {
  database = await createDatabase([]);
});
afterAll(() => database.close());

/** What PostgreSQL says an array is, as text. */
const read = async (type: string, array: Buffer): Promise<unknown> => {
  const rows = await database.dataSource.query<{ elements: unknown }[]>(
    `select $1::${type}[]::text[] as elements`,
    [array],
  );
  return rows[0]?.elements;
};

describe('an array in binary', () => {
  it.each([
    ['int8', [int8(0), int8(Number.MAX_SAFE_INTEGER)], ['0', '9007199254740991']],
    ['int4', [int4(-1), int4(7)], ['-1', '7']],
    ['text', [text('a"\\,{}'), text(undefined), text('')], ['a"\\,{}', null, '']],
    ['bytea', [Buffer.of(0, 255, 92), undefined, Buffer.of()], ['\\x00ff5c', null, '\\x']],
    ['uuid', [latin1('\u00ab'.repeat(16))], ['abababab-abab-abab-abab-abababababab']],
    ['int8', [], []],
  ] as const)('of %s is read as it was meant', async (type, elements, expected) => {
    expect(
      await read(
        type,
        binaryArray<Buffer | undefined>(type, elements, (element) => element),
      ),
    ).toEqual(expected);
  });

  it('keeps times, also before 2000', async () => {
    const times = [
      '2026-05-04T09:00:00.123Z',
      '1999-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
    ];
    const array = binaryArray('timestamptz', times, (time) => timestamptz(new Date(time)));
    const [row] = await database.dataSource.query<{ times: Date[] }[]>(
      'select array(select unnest($1::timestamptz[])) as times',
      [array],
    );
    expect(row?.times.map((time) => time.toISOString())).toEqual(times);
  });
});
