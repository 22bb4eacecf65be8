import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createDatabase, type Database } from '#testing';
import { copyOut } from './copy-out.js';

let database: Database;
let client: Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
});

describe('rows that are copied out', () => {
  it('are read as PostgreSQL writes each type', async () => {
    const rows: unknown[] = [];
    await copyOut(
      client,
      `select * from (values ('née', '\\x00ff'::bytea, -7::int4, -(2::int8 ^ 40)::int8),
        ('', '', null, 9007199254740991), (null, null, 0, null)) as given`,
      (row) => rows.push([row.text(), row.bytes()?.toString('hex'), row.int4(), row.int8()]),
    );
    expect(rows).toEqual([
      ['née', '00ff', -7, -(2 ** 40)],
      ['', '', null, 2 ** 53 - 1],
      [null, undefined, 0, null],
    ]);
  });

  it.each([
    ['2026-05-01T10:00:00.123Z', '2026-05-01T10:00:00.123Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['9999-12-31T23:59:59.999001Z', undefined],
    ['2026-05-01T10:00:00.000001Z', undefined],
    ['infinity', undefined],
    ['-infinity', undefined],
  ])('tell the time %s to the microsecond', async (time, expected) => {
    let read: unknown;
    await copyOut(client, `select timestamptz '${time}'`, (row) => (read = row.time()));
    expect(read).toBe(expected);
  });

  it('are all passed over when one cannot be taken, and the connection goes on', async () => {
    let taken = 0;
    const failing = copyOut(client, 'select generate_series(1, 5000)', () => {
      taken += 1;
      if (taken === 3) throw new RangeError('three');
    });
    await expect(failing).rejects.toThrow('three');
    expect(taken).toBe(3);
    await expect(copyOut(client, 'select 1 / 0', () => undefined)).rejects.toThrow('zero');
    const none = copyOut(client, 'select 1 where false', () => (taken += 1));
    await none;
    expect(taken).toBe(3);
  });
});
