import type { ImportField } from '#contracts';
import { dateOf, dateOrderOf } from './cells/dates.js';
import { numberOf } from './cells/numbers.js';
import { folded } from './cells/text.js';
import { isVerb } from './cells/verbs.js';
import { fieldByName } from './column-names.js';
import type { SheetRow } from './faults.js';
import { COLUMN_NAME_MAX, HEADER_ROWS_MAX } from './limits.js';

/** A column as the person sees it: its name, and what stands in it in the first rows. */
export interface Column {
  readonly name: string;
  readonly samples: readonly string[];
}

const MAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/u;
const CODE = /^[\p{L}\p{N}._\-/:@]{1,64}$/u;
/** Of the cells of a column that say something, so many must look alike. */
const MOST = 0.8;
const DISTINCT = 0.5;

export const isMail = (cell: string): boolean => MAIL.test(cell.trim());
const isData = (cell: string): boolean =>
  isMail(cell) || 'value' in numberOf(cell, '.') || 'value' in dateOf(cell, 'dmy');

export interface Header {
  /** The row in which the names stand; 0 where there are none and columns are called by letters. */
  readonly row: number;
  readonly names: readonly string[];
}

/**
 * The names of the columns. In: the first rows. The row of names is the first with two cells or
 * more, or the first at all; where something in it is a date, a number or a mail address, the sheet
 * has none. Names that repeat are told apart by a number.
 */
export const headerOf = (rows: readonly SheetRow[]): Header => {
  const filled = rows
    .slice(0, HEADER_ROWS_MAX)
    .map(({ row, cells }) => ({ row, cells, count: cells.filter((cell) => cell.trim()).length }));
  const first = filled.find(({ count }) => count > 1) ?? filled.find(({ count }) => count > 0);
  if (!first) return { row: 0, names: [] };
  const hasNames =
    first.cells.some((cell) => fieldByName(cell) !== undefined) || !first.cells.some(isData);
  const width = Math.max(first.cells.length, ...rows.map(({ cells }) => cells.length));
  const names = hasNames ? first.cells : Array.from({ length: width }, (_, n) => letters(n));
  return { row: hasNames ? first.row : 0, names: distinct(names) };
};

/** A, B, … Z, AA, as spreadsheets call columns. */
export const letters = (index: number): string =>
  (index >= 26 ? letters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26));

const distinct = (names: readonly string[]): readonly string[] => {
  const seen = new Map<string, number>();
  return names.map((given, index) => {
    const name =
      given
        .replaceAll(/\s+/gu, ' ')
        .trim()
        .toWellFormed()
        .slice(0, COLUMN_NAME_MAX - 8) || letters(index);
    const key = folded(name) || name;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times === 1 ? name : `${name} (${times})`;
  });
};

/** By what a column of one file is found again in another: its name, however it is written. */
export const keyOf = (name: string): string => folded(name) || name;

/**
 * What each column means: by its name, and where that says nothing by what stands in it. No meaning
 * but "ignore" is given twice. Out: a field for each column, in order.
 */
export const fieldsOf = (columns: readonly Column[]): readonly ImportField[] => {
  const fields: (ImportField | undefined)[] = columns.map(({ name }) => fieldByName(name));
  const taken = new Set<ImportField>();
  for (const [n, field] of fields.entries())
    if (field !== undefined && field !== 'ignore') {
      if (taken.has(field)) fields[n] = 'ignore';
      taken.add(field);
    }
  for (const [field, fits] of BY_CONTENT) {
    if (taken.has(field) || (field === 'learner' && taken.has('email'))) continue;
    const n = columns.findIndex((column, at) => fields[at] === undefined && fits(column));
    if (n < 0) continue;
    fields[n] = field;
    taken.add(field);
  }
  return fields.map((field) => field ?? 'ignore');
};

const most = (samples: readonly string[], fits: (cell: string) => boolean): boolean => {
  const said = samples.filter((cell) => cell.trim() !== '');
  return said.length > 0 && said.filter(fits).length >= said.length * MOST;
};
const isDateColumn = ({ samples }: Column): boolean => {
  const order = dateOrderOf(samples) ?? 'dmy';
  return most(samples, (cell) => !/^\d+$/u.test(cell) && 'value' in dateOf(cell, order));
};
/** Codes without spaces, most of which stand there once; a person may stand there more often. */
const isCodeColumn = ({ samples }: Column): boolean => {
  const said = samples.filter((cell) => cell.trim() !== '');
  return (
    new Set(said).size > said.length * DISTINCT && most(samples, (cell) => CODE.test(cell.trim()))
  );
};

const BY_CONTENT: readonly (readonly [ImportField, (column: Column) => boolean])[] = [
  ['email', ({ samples }) => most(samples, isMail)],
  ['verb', ({ samples }) => most(samples, isVerb)],
  ['date', isDateColumn],
  ['learner', isCodeColumn],
  ['title', ({ samples }) => most(samples, (cell) => /\p{L}{3}/u.test(cell) && !isMail(cell))],
];
