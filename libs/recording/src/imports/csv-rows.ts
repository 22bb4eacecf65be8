import { once } from 'node:events';
import { type CsvError, parse, type Parser } from 'csv-parse';
import type { Delimiter } from './delimiter.js';
import { FileFault, type SheetRow } from './faults.js';
import { ROW_BYTES_MAX } from './limits.js';

/** The parser holds the rows of so many bytes at a time. */
const SLICE_BYTES = 64 * 1024;

/**
 * The rows of a CSV file (RFC 4180, and what programs write instead). In: its text as UTF-8. Out:
 * rows as they come, some at a time. Throws FileFault at a row that has no end.
 */
export async function* csvRows(
  text: AsyncIterable<Buffer>,
  delimiter: Delimiter,
): AsyncGenerator<readonly SheetRow[]> {
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: ROW_BYTES_MAX,
  });
  const failure: { error?: Error } = {};
  parser.on('error', (error) => (failure.error = error));
  let row = 0;
  const taken = (): readonly SheetRow[] => {
    const rows: SheetRow[] = [];
    for (let cells = readFrom(parser); cells; cells = readFrom(parser)) {
      row += 1;
      rows.push({ row, cells });
    }
    return rows;
  };
  try {
    for await (const bytes of text)
      for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
        // Its answer need not be waited for: reading what it gave is what lets it go on.
        parser.write(bytes.subarray(from, from + SLICE_BYTES));
        const rows = taken();
        if (rows.length > 0) yield rows;
        if (failure.error || parser.errored) throw faultOf(failure.error ?? parser.errored, row);
      }
    parser.end();
    // What it cannot end is said after the last rows are read.
    await Promise.race([
      once(parser, 'readable'),
      once(parser, 'end'),
      once(parser, 'error'),
    ]).catch(() => undefined);
    const rest = taken();
    if (rest.length > 0) yield rest;
    if (failure.error) throw faultOf(failure.error, row);
  } finally {
    parser.destroy();
  }
}

const readFrom = (parser: Parser): readonly string[] | null =>
  parser.read() as readonly string[] | null;

const faultOf = (error: Error | null, row: number): Error => {
  const { code } = (error ?? {}) as Partial<CsvError>;
  if (code !== 'CSV_MAX_RECORD_SIZE' && code !== 'CSV_QUOTE_NOT_CLOSED')
    return error ?? new Error('the CSV parser stopped');
  return new FileFault(
    'From this row on the file is one single row: a quotation mark opens and never closes.',
    'Look for a lone quotation mark (") in this row and remove it.',
    row + 1,
  );
};
