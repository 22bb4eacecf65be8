import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '#testing';
import { BinaryRows } from './binary-copy.js';
import { copyInto } from './copy-into.js';

const rowsOf = (ids: readonly string[]): BinaryRows => {
  const rows = new BinaryRows();
  for (const id of ids) rows.row(2).text(id).bytes(Buffer.from(id));
  return rows;
};

describe('copying into a read model', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createDatabase([]);
    await database.dataSource.query('create table public.kept (id text primary key, bytes bytea)');
  });
  afterAll(() => database.close());

  const copied = async (...lists: (readonly string[])[]): Promise<readonly string[]> => {
    await database.dataSource.transaction(async (tx) => {
      for (const ids of lists) await copyInto(tx, 'public.kept', 'id, bytes', rowsOf(ids));
    });
    const rows = await database.dataSource.query<{ id: string; bytes: Buffer }[]>(
      'select * from public.kept order by id',
    );
    expect(rows.map(({ bytes }) => bytes.toString())).toEqual(rows.map(({ id }) => id));
    return rows.map(({ id }) => id);
  };

  it('leaves out what is there already, and keeps what the transaction did before', async () => {
    expect(await copied(['a', 'b'])).toEqual(['a', 'b']);
    expect(await copied(['c'], ['b', 'd', 'd'], ['a', 'e'])).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('throws what else is wrong', async () => {
    const rows = new BinaryRows().row(2).text(undefined).bytes(undefined);
    const copying = database.dataSource.transaction((tx) =>
      copyInto(tx, 'public.kept', 'id, bytes', rows),
    );
    await expect(copying).rejects.toMatchObject({ code: '23502' });
  });
});
