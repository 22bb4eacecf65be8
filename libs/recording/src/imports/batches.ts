import { charsOf, type SheetRow } from './faults.js';
import { BATCH_CHARS_MAX, BATCH_ROWS } from './limits.js';

/**
 * Rows after a place, as they are recorded together: BATCH_ROWS of them, or fewer where they are
 * long. A batch ends with the row that brings it to BATCH_CHARS_MAX.
 */
export async function* batchesOf(
  rows: AsyncIterable<readonly SheetRow[]>,
  after: number,
): AsyncGenerator<readonly SheetRow[]> {
  let [held, chars] = [[] as SheetRow[], 0];
  for await (const some of rows)
    for (const row of some) {
      if (row.row <= after) continue;
      held.push(row);
      chars += charsOf(row);
      if (held.length < BATCH_ROWS && chars < BATCH_CHARS_MAX) continue;
      yield held;
      [held, chars] = [[], 0];
    }
  if (held.length > 0) yield held;
}
