import type { ImportProblem, LearnerIdentity, Verb } from '#contracts';
import { canonicalJson } from '#merkle';
import { dateOf } from './cells/dates.js';
import type { Read } from './cells/result.js';
import { folded } from './cells/text.js';
import { verbOf } from './cells/verbs.js';
import { isMail } from './columns.js';
import { mailHash, sha256, type Submission } from '../content.js';
import { defined } from '../domain/defined.js';
import type { ReportedData } from '../domain/report.js';
import type { Fault } from './faults.js';
import { COLUMNS_MAX } from './limits.js';
import type { Plan } from './mapping.js';
import { RowReader } from './row-reader.js';
import { activityTypeOf, gradeOf, hoursOf, scoreOf } from './row-result.js';

export const LEARNER_MAX = 256;
const TITLE_MAX = 200;
const IRI_MAX = 2_048;
const ID_MAX = 256;
const CREDITS_MAX = 10_000;
const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/u;

/** A row on its way, or all that is wrong with it. Nothing in it says anything: `empty`. */
export type ReadRow =
  { readonly submission: Submission } | { readonly problems: readonly ImportProblem[] } | 'empty';

/**
 * A row of a sheet as a learning event, as the same provider would send it to POST /v1/events: with
 * the same learner, id and content it is the same event. Out: what to record, all that is wrong with
 * the row, or `empty`.
 */
export const readRow = (plan: Plan, cells: readonly string[]): ReadRow => {
  if (cells.length > COLUMNS_MAX) return { problems: [tooWide(cells.length)] };
  if (cells.every((cell) => cell.trim() === '')) return 'empty';
  const row = new RowReader(plan, cells);
  const learner = learnerOf(row);
  const activity = activityOf(row);
  const verb = row.read('verb', verbOf) ?? plan.verb ?? missing(row, 'verb');
  const time = timeOf(row);
  const id = row.read('id', idOf);
  const data = verb === undefined || !activity ? undefined : dataOf(row, verb, activity);
  const { problems } = row;
  if (problems.length > 0 || !learner || !data || time === undefined) return { problems };
  const happenedAt = Date.parse(time);
  return {
    submission: {
      report: {
        is: 'learning',
        source: plan.source,
        ...defined({ id }),
        times: [happenedAt],
        learner,
        data,
      },
      raw: { format: 'csv', sha256: sha256(JSON.stringify(cells)) },
      // As native-event.ts has it: a row and an event that say the same are the same.
      content: canonicalJson(data),
      happenedAt,
      idStyle: 'hash',
    },
  };
};

const tooWide = (width: number): ImportProblem => ({
  column: '',
  value: '',
  reason: `This row has more than ${COLUMNS_MAX} columns${width > COLUMNS_MAX + 1 ? ` (${width})` : ''}.`,
  fix: 'Check its quotation marks and separators, or leave the row out.',
});

const NEEDED: Readonly<Record<string, Fault>> = {
  learner: {
    reason: 'Nobody is named here.',
    fix: 'Write the learner’s number, account or mail address.',
  },
  title: {
    reason: 'What was learned is not said.',
    fix: 'Write the title of the course or activity.',
  },
  verb: {
    reason: 'What happened is not said.',
    fix: 'Write passed, failed, completed, participated or enrolled.',
  },
  date: { reason: 'When it happened is not said.', fix: 'Write the day, for example 2026-06-12.' },
};

const missing = (row: RowReader, field: 'learner' | 'title' | 'verb' | 'date'): undefined => {
  const fault = NEEDED[field];
  if (fault && !row.hasFailed(field)) row.fail(field, fault);
  return undefined;
};

/** By the account; where that cell is empty, by the mail address, which is hashed here and now. */
const learnerOf = (row: RowReader): LearnerIdentity | undefined => {
  const name = row.text('learner');
  if (name !== undefined && name.length > LEARNER_MAX) {
    row.fail('learner', {
      reason: `This is longer than ${LEARNER_MAX} characters.`,
      fix: 'Write the number or account name alone.',
    });
    return undefined;
  }
  if (name !== undefined) return { account: { homePage: row.plan.client.homePage, name } };
  const mailHash = row.read('email', mailHashOf);
  if (mailHash !== undefined) return { mailHash };
  const field = row.plan.at.learner === undefined ? 'email' : 'learner';
  const fault = NEEDED['learner'];
  if (fault && row.problems.length === 0) row.fail(field, fault);
  return undefined;
};

/** As xAPI has it: SHA-1 of the mailto address; in small letters, as mail systems take it. */
export const mailHashOf = (text: string): Read<string> =>
  isMail(text)
    ? { value: mailHash(`mailto:${text.trim().toLowerCase()}`) }
    : { reason: 'This is not a mail address.', fix: 'Write it like name@example.org' };

const idOf = (text: string): Read<string> =>
  text.length <= ID_MAX && !/\s/u.test(text)
    ? { value: text }
    : { reason: 'This cannot be an id.', fix: `Use at most ${ID_MAX} characters and no spaces.` };

export const timeOf = (row: RowReader): string | undefined => {
  const { date, dateOrder, date1904 } = row.plan;
  return (
    row.read('date', (text) => dateOf(text, dateOrder, date1904)) ??
    (date === undefined
      ? missing(row, 'date')
      : row.hasFailed('date')
        ? undefined
        : `${date}T12:00:00.000Z`)
  );
};

const slug = (text: string): string =>
  encodeURIComponent(text.toLowerCase().normalize('NFC').replaceAll(/\s+/gu, '-'));

/** The same title is the same activity, as at the desk; a code or an address says it better. */
const activityOf = (row: RowReader): ReportedData['activity'] | undefined => {
  const { plan } = row;
  const title = row.text('title') ?? plan.title;
  const code = row.text('activity');
  if (title !== undefined && title.length > TITLE_MAX)
    row.fail('title', {
      reason: `This is longer than ${TITLE_MAX} characters.`,
      fix: 'Shorten it.',
    });
  if (title === undefined && code === undefined && plan.activity === undefined)
    return missing(row, 'title');
  const ours = (text: string): string => `urn:llcl:${plan.client.id}:activity:${slug(text)}`;
  const given = code === undefined ? plan.activity : IRI.test(code) ? code : ours(code);
  const id = given ?? ours(title ?? '');
  if (id.length > IRI_MAX) {
    row.fail(code === undefined ? 'title' : 'activity', {
      reason: 'This is too long.',
      fix: 'Shorten it.',
    });
    return undefined;
  }
  const kind = row.text('activityType');
  return defined({
    id,
    ...activityTypeOf(kind),
    name: title === undefined ? undefined : { und: title },
  });
};

const dataOf = (row: RowReader, verb: Verb, activity: ReportedData['activity']): ReportedData => {
  const result = defined({
    success: verb === 'passed' ? true : verb === 'failed' ? false : undefined,
    duration: hoursOf(row),
    score: scoreOf(row),
    grade: gradeOf(row),
  });
  const value = row.number('credits');
  const isCredit = value !== undefined && value > 0 && value <= CREDITS_MAX;
  if (value !== undefined && value !== 0 && !isCredit)
    row.fail('credits', {
      reason: 'So many credits cannot be.',
      fix: `Write a number from 0 to ${CREDITS_MAX}.`,
    });
  const level = row.read('level', levelOf);
  const uri = row.read('evidence', evidenceOf);
  return defined({
    activity,
    verb,
    result: Object.keys(result).length > 0 ? result : undefined,
    credits: isCredit ? [{ system: row.plan.creditSystem, value }] : undefined,
    levels: level === undefined ? undefined : [{ framework: 'EQF', value: level }],
    evidence: uri === undefined ? undefined : [{ uri }],
  });
};

const levelOf = (text: string): Read<string> => {
  const level = /^(?:eqf|eqr|cec|mec)?(?:level|niveau)?(?<level>[1-8])$/u.exec(folded(text));
  const value = level?.groups?.['level'];
  return value === undefined
    ? { reason: 'This is not a level of the EQF.', fix: 'Write a number from 1 to 8.' }
    : { value };
};

const evidenceOf = (text: string): Read<string> =>
  IRI.test(text) && text.length <= IRI_MAX
    ? { value: text }
    : { reason: 'This is not a web address.', fix: 'Write it whole, with https:// before it.' };
