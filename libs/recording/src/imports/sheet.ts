import type { ImportEncoding } from '#contracts';
import { type Header, headerOf } from './columns.js';
import { csvRows } from './csv-rows.js';
import { type Delimiter, delimiterOf } from './delimiter.js';
import { encodingOf, toUtf8 } from './encoding.js';
import { charsOf, type FileBytes, FileFault, type SheetRow } from './faults.js';
import { BATCH_CHARS_MAX, COLUMNS_MAX, SAMPLE_ROWS } from './limits.js';
import { WorkbookPackage } from './xlsx/package.js';
import { sheetRows } from './xlsx/sheet-rows.js';
import { readWorkbook } from './xlsx/workbook.js';

/** What the delimiter is looked for in. */
const HEAD_BYTES = 64 * 1024;
const FILE_KINDS: readonly (readonly [magic: string, kind: 'xlsx' | undefined])[] = [
  ['PK\u0003\u0004', 'xlsx'],
  // An old workbook, or one with a password; a PDF; an archive of another kind.
  ['\u00D0\u00CF\u0011\u00E0', undefined],
  ['%PDF', undefined],
  ['\u001F\u008B', undefined],
];

/** What a file is, by its first bytes. undefined for what is neither CSV nor XLSX. */
export const kindOf = (head: Buffer): 'csv' | 'xlsx' | undefined => {
  const start = head.toString('latin1', 0, 4);
  const known = FILE_KINDS.find(([magic]) => start.startsWith(magic));
  if (known) return known[1];
  const isText =
    !head.subarray(0, HEAD_BYTES).includes(0) || encodingOf(head, false).startsWith('utf-16');
  return isText ? 'csv' : undefined;
};

/** How a stored file is to be read. */
export interface StoredSheet {
  readonly kind: 'csv' | 'xlsx';
  readonly bytes: FileBytes;
  /** Whether all of it is UTF-8. */
  readonly isUtf8: boolean;
}

/** A sheet that is being read: its first rows, and all rows after that of the names. */
export interface OpenSheet {
  readonly header: Header;
  readonly head: readonly SheetRow[];
  readonly date1904: boolean;
  readonly encoding: ImportEncoding | undefined;
  readonly delimiter: Delimiter | undefined;
  /** As the sheet itself says; undefined where it does not. */
  readonly lastRow: () => number | undefined;
  readonly rows: AsyncIterable<readonly SheetRow[]>;
  /** Ends reading, wherever it is. */
  close(): Promise<void>;
}

/**
 * Begins to read a sheet. `encoding` is what the person chose, if they did. Throws FileFault for
 * what can be no table; `rows` does so where it ends to be one.
 */
export const openSheet = async (
  { kind, bytes, isUtf8 }: StoredSheet,
  encoding?: ImportEncoding,
): Promise<OpenSheet> =>
  kind === 'xlsx' ? openWorkbook(bytes) : openText(bytes, isUtf8, encoding);

const openText = async (
  bytes: FileBytes,
  isUtf8: boolean,
  chosen: ImportEncoding | undefined,
): Promise<OpenSheet> => {
  const start = await bytes.read(0, Math.min(HEAD_BYTES, bytes.size));
  const encoding = chosen ?? encodingOf(start, isUtf8);
  const delimiter = delimiterOf(new TextDecoder(encoding).decode(start));
  const rows = csvRows(toUtf8(bytes.chunks(), encoding), delimiter);
  const told = { date1904: false, encoding, delimiter, lastRow: () => undefined };
  return { ...told, ...(await begun(rows)) };
};

const openWorkbook = async (bytes: FileBytes): Promise<OpenSheet> => {
  const file = await WorkbookPackage.open(bytes);
  const workbook = await readWorkbook(file);
  let lastRow: number | undefined;
  const rows = sheetRows(file.part(workbook.sheetPart), workbook, (row) => (lastRow = row));
  const { date1904 } = workbook;
  const told = { date1904, encoding: undefined, delimiter: undefined, lastRow: () => lastRow };
  return { ...told, ...(await begun(rows)) };
};

/** Reads the first rows; what is given out begins after the row of the names. */
const begun = async (
  rows: AsyncGenerator<readonly SheetRow[]>,
): Promise<Pick<OpenSheet, 'header' | 'head' | 'rows' | 'close'>> => {
  const first: SheetRow[] = [];
  let [chars, failure] = [0, undefined as unknown];
  try {
    while (first.length < SAMPLE_ROWS && chars < BATCH_CHARS_MAX) {
      const next = await rows.next();
      if (next.done) break;
      first.push(...next.value);
      for (const row of next.value) chars += charsOf(row);
    }
  } catch (error) {
    // What is wrong further down is said when it is reached.
    if (!(error instanceof FileFault) || first.length === 0) throw error;
    failure = error;
  }
  const header = headerOf(first);
  if (header.names.length > COLUMNS_MAX) {
    await rows.return(undefined);
    throw new FileFault(
      `This sheet has more than ${COLUMNS_MAX} columns.`,
      'Keep the columns that say who learned what and when, and delete the others.',
      header.row || 1,
    );
  }
  const body = first.filter(({ row }) => row > header.row);
  return {
    header,
    head: body.slice(0, SAMPLE_ROWS),
    rows: after(body, rows, failure),
    close: async () => {
      await rows.return(undefined);
    },
  };
};

async function* after(
  first: readonly SheetRow[],
  rest: AsyncGenerator<readonly SheetRow[]>,
  failure: unknown,
): AsyncGenerator<readonly SheetRow[]> {
  if (first.length > 0) yield first;
  if (failure !== undefined) throw failure;
  yield* rest;
}
