import { describe, expect, it } from '@jest/globals';
import { batchesOf } from './batches.js';
import type { SheetRow } from './faults.js';
import { BATCH_CHARS_MAX, BATCH_ROWS } from './limits.js';

const rowsOf = (count: number, cell: string): SheetRow[] =>
  Array.from({ length: count }, (_, n) => ({ row: n + 1, cells: [cell] }));

const cut = async (rows: readonly SheetRow[], after = 0, size = 7): Promise<number[][]> => {
  const pieces = async function* (): AsyncGenerator<readonly SheetRow[]> {
    for (let at = 0; at < rows.length; at += size) {
      await Promise.resolve();
      yield rows.slice(at, at + size);
    }
  };
  const batches: number[][] = [];
  for await (const batch of batchesOf(pieces(), after)) batches.push(batch.map(({ row }) => row));
  return batches;
};

describe('the batches of a sheet', () => {
  it('have so many rows, each once and in order, wherever the pieces end', async () => {
    const rows = rowsOf(2 * BATCH_ROWS + 3, 'x');
    for (const size of [7, BATCH_ROWS, 5 * BATCH_ROWS]) {
      const batches = await cut(rows, 0, size);
      expect(batches.map(({ length }) => length)).toEqual([BATCH_ROWS, BATCH_ROWS, 3]);
      expect(batches.flat()).toEqual(rows.map(({ row }) => row));
    }
  });

  it('begin after a place, also within a piece', async () => {
    expect(await cut(rowsOf(10, 'x'), 8)).toEqual([[9, 10]]);
    expect(await cut(rowsOf(10, 'x'), 10)).toEqual([]);
  });

  it('end sooner where rows are long', async () => {
    const long = 'x'.repeat(BATCH_CHARS_MAX / 4);
    const batches = await cut(rowsOf(11, long), 0, 11);
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 3]);
    expect(await cut(rowsOf(2, 'x'.repeat(BATCH_CHARS_MAX)))).toEqual([[1], [2]]);
  });
});
