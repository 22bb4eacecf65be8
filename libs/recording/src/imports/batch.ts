import type { Area, Client, ImportProblem } from '#contracts';
import { problemOf } from '#contracts';
import type { DomainError } from '#kernel';
import type { Submission } from '../content.js';
import type { Outcome, Recorder } from '../recorder.js';
import type { SheetRow } from './faults.js';
import { COLUMNS_MAX } from './limits.js';
import type { Plan } from './mapping.js';
import { readRow } from './row-event.js';
import { namedInRow } from './row-people.js';
import type { NewRefusal } from './running-store.js';

export interface Recorded {
  readonly recorded: number;
  readonly duplicate: number;
  /** Rows of a trial that would have been taken. */
  readonly tried: number;
  readonly refusals: readonly NewRefusal[];
}

interface Sent {
  readonly row: SheetRow;
  readonly submission: Submission;
}

/**
 * Records rows, or only checks them where they are a trial. Out: how many are new, how many were
 * there, and those that are not recorded, each with the reasons. `isOurs` says of an entry that was there already whether an earlier try of
 * this very import made it. Throws UnavailableError when the vault or the log is away.
 */
export const recordRows = async (
  recorder: Recorder,
  client: Client,
  plan: Plan,
  rows: readonly SheetRow[],
  area: Area,
  isOurs: (seq: number) => boolean,
): Promise<Recorded> => {
  const refusals: NewRefusal[] = [];
  const sent: Sent[] = [];
  const refuse = ({ row, cells }: SheetRow, problems: readonly ImportProblem[]): void => {
    // A trial makes nobody known.
    const named = area === 'live' ? namedInRow(plan, cells) : [];
    refusals.push({ row, cells: cells.slice(0, COLUMNS_MAX), problems, named });
  };
  for (const row of rows) {
    const read = readRow(plan, row.cells);
    if (read === 'empty') continue;
    if ('problems' in read) {
      refuse(row, read.problems);
      continue;
    }
    const refusal = recorder.refusal(client, read.submission);
    if (refusal) refuse(row, [problemFor(refusal, plan, row)]);
    else sent.push({ row, submission: read.submission });
  }
  if (area === 'test') return { recorded: 0, duplicate: 0, tried: sent.length, refusals };
  const outcomes = await recorder.record(
    client,
    sent.map(({ submission }) => submission),
  );
  let [recorded, duplicate] = [0, 0];
  for (const [n, { row }] of sent.entries()) {
    const outcome: Outcome | undefined = outcomes[n];
    if (!outcome) throw new Error('a row got no answer');
    if (outcome.is === 'refused') refuse(row, [problemFor(outcome.error, plan, row)]);
    else if (outcome.receipt.status === 'recorded' || isOurs(outcome.receipt.seq)) recorded += 1;
    else duplicate += 1;
  }
  return { recorded, duplicate, tried: 0, refusals: refusals.toSorted((a, b) => a.row - b.row) };
};

/** What the recorder says of an event, as something that is wrong with a cell. */
const WORDS: Readonly<
  Record<
    string,
    { readonly field: 'id' | 'date' | 'learner'; readonly reason: string; readonly fix: string }
  >
> = {
  'event-conflict': {
    field: 'id',
    reason: 'With this id something else is recorded already.',
    fix: 'Nothing was changed. If this is another event, give it an id of its own.',
  },
  'event-erased': {
    field: 'learner',
    reason: 'This was recorded for somebody who has since had everything erased.',
    fix: 'Leave this row out.',
  },
  'time-in-future': {
    field: 'date',
    reason: 'This day lies in the future.',
    fix: 'Check the year, and the order of day and month.',
  },
};

const problemFor = (error: DomainError, plan: Plan, { cells }: SheetRow): ImportProblem => {
  const known = WORDS[error.code];
  const { title, whatToDo } = problemOf(error.code);
  const place = known && plan.at[known.field];
  return {
    column: place === undefined ? '' : (plan.names[place] ?? ''),
    value: place === undefined ? '' : (cells[place] ?? '').slice(0, 200),
    reason: known?.reason ?? title,
    fix: known?.fix ?? whatToDo,
  };
};
