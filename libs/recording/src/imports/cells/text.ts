import { CELL_CHARS_MAX } from '../limits.js';
import { fault, type Read } from './result.js';

/** What spreadsheet programs take for the beginning of a formula. */
const FORMULA_START = /^[=+\-@\t\r]/u;
const DEFUSED = /^'(?=[=+\-@\t\r])/u;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const NO_TEXT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/u;

/** A cell as it stands in a file of ours: nothing in it starts a formula (CSV injection). */
export const defused = (cell: string): string => (FORMULA_START.test(cell) ? `'${cell}` : cell);

/** A cell of such a file, as it was. */
const fused = (cell: string): string => cell.replace(DEFUSED, '');

/**
 * What a cell says: without space around it and without our own apostrophe. A formula is no value:
 * nothing here calculates it.
 */
export const textOf = (cell: string): Read<string> => {
  const text = fused(cell).trim();
  if (text === '') return { value: '' };
  if (text.length > CELL_CHARS_MAX)
    return fault('This cell is longer than a cell can be.', 'Shorten it.');
  if (text.startsWith('='))
    return fault(
      'This is a formula, and formulas are not calculated here.',
      'Write the value itself: in a spreadsheet copy the column and paste it as values.',
    );
  if (text.includes('\uFFFD'))
    return fault(
      'Some characters of this cell could not be read.',
      'Save the file as "CSV UTF-8", or choose how it is written on the page with the preview.',
    );
  if (NO_TEXT.test(text) || !text.isWellFormed())
    return fault('This cell holds characters that are no text.', 'Type the cell again.');
  return { value: text };
};

/** For comparing words of people: alike whatever the case, the accents and the signs between. */
export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
