import { FileFault, type SheetRow } from '../faults.js';
import { CELL_CHARS_MAX, COLUMNS_MAX, ROW_BYTES_MAX } from '../limits.js';
import { dateOfSerial } from './number-formats.js';
import { unescaped } from './shared-texts.js';
import type { Workbook } from './workbook.js';
import { readXml, type XmlReader } from './xml.js';

/** Numbers are kept in binary; more digits than these are none that somebody typed. */
const DIGITS = 15;
const REFERENCE = /^(?<column>[A-Z]{1,3})(?<row>\d+)$/u;

/**
 * The rows of a sheet (ECMA-376 part 1, 18.3), some at a time, as texts: a date as ISO 8601, a
 * number with a decimal point, of a formula the value that was last calculated. Nothing is
 * calculated here. `tell` hears how many rows the sheet says to have, if it says so.
 */
export async function* sheetRows(
  part: AsyncIterable<Buffer>,
  workbook: Workbook,
  tell: (rows: number) => void = () => undefined,
): AsyncGenerator<readonly SheetRow[]> {
  const reader = new SheetReader(workbook, tell);
  try {
    for await (const _ of readXml(part, reader)) {
      const rows = reader.take();
      if (rows.length > 0) yield rows;
    }
  } catch (error) {
    // The rows before the one that cannot be read stand.
    const rows = reader.take();
    if (rows.length > 0) yield rows;
    throw error;
  }
}

interface Cell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
}

class SheetReader implements XmlReader {
  #rows: SheetRow[] = [];
  #row = 0;
  #cells: string[] = [];
  /** Characters of this row, however little of the file they take: cells share texts. */
  #chars = 0;
  #cell: Cell | undefined;
  #value = '';
  #isValue = false;

  constructor(
    private readonly workbook: Workbook,
    private readonly tell: (rows: number) => void,
  ) {}

  take(): readonly SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') this.#openRow(attributes);
    else if (name === 'c') this.#openCell(attributes);
    else if (name === 'v' || name === 't') this.#isValue = true;
    else if (name === 'rPh') this.#isValue = false;
    else if (name === 'dimension') {
      const last = REFERENCE.exec(attributes['ref']?.split(':').at(-1) ?? '')?.groups;
      if (last) this.tell(Number(last['row']));
    }
  }

  text(text: string): void {
    if (this.#isValue && this.#value.length < CELL_CHARS_MAX) this.#value += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isValue = false;
    else if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#rows.push({ row: this.#row, cells: this.#cells });
  }

  #openRow({ r }: Readonly<Record<string, string>>): void {
    const row = r === undefined ? this.#row + 1 : Number(r);
    // A place to resume at: it only grows.
    if (!Number.isSafeInteger(row) || row <= this.#row)
      throw new FileFault(
        'The rows of this sheet are not in order.',
        'Open it in your spreadsheet program, save it again as .xlsx, and upload that.',
        this.#row + 1,
      );
    this.#row = row;
    this.#cells = [];
    this.#chars = 0;
  }

  #openCell({ r = '', t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    const letters = REFERENCE.exec(r)?.groups?.['column'];
    const column = letters === undefined ? this.#cells.length : columnOf(letters);
    this.#cell = { column, type: t, style: Number(s) };
    this.#value = '';
  }

  #closeCell(): void {
    const cell = this.#cell;
    this.#cell = undefined;
    if (!cell) return;
    // One beyond the limit is kept, so that the row is seen to be too wide.
    const column = Math.min(cell.column, COLUMNS_MAX);
    while (this.#cells.length < column) this.#cells.push('');
    const text = textOf(cell, this.#value, this.workbook);
    this.#chars += text.length;
    if (this.#chars > ROW_BYTES_MAX)
      throw new FileFault(
        `This row has more than ${ROW_BYTES_MAX} characters.`,
        'Shorten the texts in it, or leave it out.',
        this.#row,
      );
    this.#cells[column] = text;
  }
}

const columnOf = (letters: string): number => {
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
};

const textOf = ({ type, style }: Cell, value: string, workbook: Workbook): string => {
  switch (type) {
    case 's':
      return value === '' ? '' : (workbook.texts.at(Number(value)) ?? '');
    case 'b':
      return value === '1' ? 'true' : 'false';
    case 'n': {
      const number = Number(value);
      if (value === '' || Number.isNaN(number)) return value;
      const date = workbook.dateStyles.has(style)
        ? dateOfSerial(number, workbook.date1904)
        : undefined;
      return date ?? plain(number);
    }
    default:
      return unescaped(value).slice(0, CELL_CHARS_MAX);
  }
};

/** Without an exponent, as a person writes it. */
const plain = (number: number): string => {
  const rounded = Number(number.toPrecision(DIGITS));
  return Number.isInteger(rounded) && Math.abs(rounded) < 1e21
    ? BigInt(rounded).toString()
    : String(rounded);
};
