import { momentOf } from '../domain/report.js';
import { type Named, spellingsOf } from '../kept/named.js';
import { COLUMNS_MAX } from './limits.js';
import type { Plan } from './mapping.js';
import { LEARNER_MAX, mailHashOf, timeOf } from './row-event.js';
import { RowReader } from './row-reader.js';

/** A cell that goes over lines may have swallowed the rows after it, of other people. */
const LINE_BREAK = /[\r\n]/u;

/**
 * Whom a row names: by the account and by the mail address, where it has both. Out: nobody where
 * that cannot be told.
 */
export const namedInRow = (plan: Plan, cells: readonly string[]): readonly Named[] => {
  if (cells.length > COLUMNS_MAX || cells.some((cell) => LINE_BREAK.test(cell))) return [];
  const row = new RowReader(plan, cells);
  const name = row.text('learner');
  const mailHash = row.read('email', mailHashOf);
  if (row.problems.length > 0 || (name?.length ?? 0) > LEARNER_MAX) return [];
  const { id: provider, homePage } = plan.client;
  const at = momentOf(timeOf(row) ?? '');
  return [
    ...(name === undefined ? [] : [spellingsOf({ account: { homePage, name } })]),
    ...(mailHash === undefined ? [] : [spellingsOf({ mailHash })]),
  ].map((spelt) => ({ provider, at, ...spelt }));
};
