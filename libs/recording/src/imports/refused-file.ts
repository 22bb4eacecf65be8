import { defused } from './cells/text.js';
import { keyOf } from './columns.js';
import type { StoredImport } from './import-store.js';
import type { RunningStore } from './running-store.js';

/** Excel takes a CSV file for UTF-8 only with this before it. */
const MARK = '\uFEFF';
const LINE_END = '\r\n';
/** Columns of ours, which are left out when the file comes back: "ignore" by their names. */
const ADDED = ['Problem', 'What to do'] as const;

/**
 * The refused rows as a file to correct and upload again: the columns as they were, and two of ours
 * that say what to do. No cell of it starts a formula. In pieces, as it may be long.
 */
export async function* refusedFile(
  stored: StoredImport,
  running: RunningStore,
): AsyncGenerator<string> {
  const looks = stored.files.flatMap(({ look, number }) => (look ? [{ look, number }] : []));
  const delimiter = looks.find(({ look }) => look.delimiter)?.look.delimiter ?? ',';
  const names = new Map<string, string>();
  for (const { look } of looks)
    for (const name of look.names) if (!isAdded(name)) names.set(keyOf(name), name);
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => quoted(defused(cell), delimiter)).join(delimiter)}${LINE_END}`;
  yield MARK + line([...names.values(), ...ADDED]);
  let [file, row] = [0, 0];
  for (;;) {
    const page = await running.refusalsAfter(stored.id, file, row);
    if (!page) return;
    ({ file, row } = page);
    // No file is read before its names are kept.
    const own = looks.find(({ number }) => number === page.file)?.look;
    const places = new Map(own?.names.map((name, n) => [keyOf(name), n]));
    for (const { cells, problems } of page.refusals)
      yield line([
        ...[...names.keys()].map((key) => cells[places.get(key) ?? -1] ?? ''),
        problems.map(({ column, reason }) => (column ? `${column}: ${reason}` : reason)).join(' '),
        problems.map(({ fix }) => fix).join(' '),
      ]);
  }
}

const isAdded = (name: string): boolean => ADDED.some((added) => keyOf(added) === keyOf(name));

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]|^\s|\s$/u.test(cell)
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
