import type { ImportField, ImportProblem } from '#contracts';
import { numberOf } from './cells/numbers.js';
import { isFault, type Read } from './cells/result.js';
import { textOf } from './cells/text.js';
import type { Fault } from './faults.js';
import type { Plan } from './mapping.js';

/** What is shown of a cell that is wrong. */
const SHOWN_MAX = 200;

/** Reads the cells of one row and keeps what is wrong with each. */
export class RowReader {
  readonly problems: ImportProblem[] = [];

  constructor(
    readonly plan: Plan,
    private readonly cells: readonly string[],
  ) {}

  /** What the cell says, in words; undefined if it says nothing, or nothing that can be read. */
  text(field: ImportField): string | undefined {
    const place = this.plan.at[field];
    const cell = place === undefined ? '' : (this.cells[place] ?? '');
    if (cell === '') return undefined;
    const read = textOf(cell);
    if (isFault(read)) {
      this.fail(field, read);
      return undefined;
    }
    return read.value || undefined;
  }

  /** What it says, read further. */
  read<T>(field: ImportField, reader: (text: string) => Read<T>): T | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    const read = reader(text);
    if (!isFault(read)) return read.value;
    this.fail(field, read);
    return undefined;
  }

  number(field: ImportField): number | undefined {
    return this.read(field, (text) => numberOf(text, this.plan.decimal));
  }

  fail(field: ImportField, { reason, fix }: Fault): void {
    const place = this.plan.at[field];
    const column = place === undefined ? '' : (this.plan.names[place] ?? '');
    const value = place === undefined ? '' : (this.cells[place] ?? '').slice(0, SHOWN_MAX);
    this.problems.push({ column, value, reason, fix });
  }

  hasFailed(field: ImportField): boolean {
    const column = this.plan.names[this.plan.at[field] ?? -1];
    return this.problems.some((problem) => problem.column === column);
  }
}
