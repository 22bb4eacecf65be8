import { z } from 'zod';
import { ImportEncoding } from '#contracts';
import { FileFault, type SheetRow } from './faults.js';
import { PREVIEW_ROWS } from './limits.js';
import { type OpenSheet, openSheet, type StoredSheet } from './sheet.js';

/** What is kept of a cell for the preview. */
const CELL_KEPT = 400;
const SAMPLES_KEPT = 30;

const RowSeen = z.object({ row: z.int(), cells: z.array(z.string()) });

/** What a first look into a file shows. */
export const Look = z.object({
  headerRow: z.int(),
  names: z.array(z.string()),
  /** Of each column, what stands in it first. */
  samples: z.array(z.array(z.string())),
  rows: z.array(RowSeen),
  encoding: ImportEncoding.optional(),
  /** What the person had chosen when we looked. */
  chosen: ImportEncoding.optional(),
  delimiter: z.string().optional(),
  date1904: z.boolean(),
  /** As the sheet itself says. */
  lastRow: z.int().optional(),
  problem: z.object({ row: z.int().optional(), reason: z.string(), fix: z.string() }).optional(),
});
export type Look = z.infer<typeof Look>;

const isSaid = ({ cells }: SheetRow): boolean => cells.some((cell) => cell.trim() !== '');

/** Of a file that nobody looked into: how it is read, and none of its rows. */
export const namesOf = (open: OpenSheet, chosen?: ImportEncoding): Look => ({
  headerRow: open.header.row,
  names: [...open.header.names],
  samples: [],
  rows: [],
  encoding: open.encoding,
  chosen,
  delimiter: open.delimiter,
  date1904: open.date1904,
  lastRow: open.lastRow(),
});

/** Looks into a file, and no further than its first rows. */
export const lookAt = async (sheet: StoredSheet, encoding?: ImportEncoding): Promise<Look> => {
  try {
    const open = await openSheet(sheet, encoding);
    await open.close();
    const rows = open.head.filter(isSaid);
    const { names } = open.header;
    const samples = names.map((_, n) =>
      rows
        .map(({ cells }) => (cells[n] ?? '').trim().slice(0, CELL_KEPT))
        .filter((cell) => cell !== '')
        .slice(0, SAMPLES_KEPT),
    );
    const shown = rows.slice(0, PREVIEW_ROWS).map((seen) => ({
      row: seen.row,
      cells: seen.cells.slice(0, names.length + 1).map((cell) => cell.slice(0, CELL_KEPT)),
    }));
    return {
      ...namesOf(open, encoding),
      samples,
      rows: shown,
      problem:
        names.length > 0
          ? undefined
          : {
              reason: 'There is nothing in this file.',
              fix: 'Check that you chose the right file, and that its first sheet holds the data.',
            },
    };
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const { row, reason, fix } = error;
    const problem = { ...(row === undefined ? {} : { row }), reason, fix };
    return {
      headerRow: 0,
      names: [],
      samples: [],
      rows: [],
      date1904: false,
      chosen: encoding,
      problem,
    };
  }
};
