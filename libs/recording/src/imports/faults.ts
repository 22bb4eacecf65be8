/** What is wrong with a place in a file, in plain words for the person at the desk. */
export interface Fault {
  readonly reason: string;
  readonly fix: string;
}

/** A file that cannot be read further; the rows before it stand. `row` where that is known. */
export class FileFault extends Error implements Fault {
  override readonly name = 'FileFault';
  constructor(
    readonly reason: string,
    readonly fix: string,
    readonly row?: number,
  ) {
    super(reason);
  }
}

export interface SheetRow {
  /** As a spreadsheet counts: the first is 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

/** How much of memory a row is, in characters. */
export const charsOf = ({ cells }: SheetRow): number =>
  cells.reduce((sum, { length }) => sum + length, 0);

/** The bytes of a stored file. */
export interface FileBytes {
  readonly size: number;
  read(offset: number, length: number): Promise<Buffer>;
  chunks(): AsyncIterable<Buffer>;
}
