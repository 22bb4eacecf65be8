import type { ReportedData } from '../../domain/report.js';
import { defined } from '../../domain/defined.js';

/** The elements of the data model by name, without the leading `cmi.`. */
export type Elements = ReadonlyMap<string, string>;

type Result = NonNullable<ReportedData['result']>;
type Score = NonNullable<Result['score']>;

export interface Outcome {
  readonly verb: ReportedData['verb'];
  readonly result: Result;
}
type Read = Outcome | { readonly because: string } | { readonly detail: string };

/** Interactions and objectives are many; what is read here is not among them. */
const ELEMENTS_MAX = 10_000;
const DEPTH_MAX = 3;

/** In: `{"core": {"lesson_status": …}}` or `{"cmi.core.lesson_status": …}`. */
export const elementsOf = (cmi: object): Elements | undefined => {
  const elements = new Map<string, string>();
  const isWhole = gather(cmi, '', DEPTH_MAX, elements);
  return isWhole ? elements : undefined;
};

const gather = (from: object, path: string, depth: number, into: Map<string, string>): boolean =>
  Object.entries(from).every(([name, value]: [string, unknown]) => {
    if (into.size > ELEMENTS_MAX) return false;
    const at = (path === '' ? name : `${path}.${name}`).replace(/^cmi\./u, '');
    if (typeof value === 'string' || typeof value === 'number') {
      if (value !== '') into.set(at, String(value));
      return true;
    }
    if (typeof value !== 'object' || value === null || depth === 0) return true;
    return gather(value, at, depth - 1, into);
  });

/** What an attempt came to. */
export const outcomeOf = (elements: Elements): Read => {
  const status = elements.get('core.lesson_status');
  if (status !== undefined) return outcome12(status, elements);
  if (elements.has('completion_status') || elements.has('success_status'))
    return outcome2004(elements);
  return { detail: 'Neither "core.lesson_status" (1.2) nor "completion_status" (2004).' };
};

/** SCORM 1.2 says with one word whether it was finished and whether it was passed (§3.4.4). */
const STATUS_12: Readonly<Record<string, Outcome | { readonly because: string }>> = {
  passed: { verb: 'passed', result: { success: true, completion: true } },
  failed: { verb: 'failed', result: { success: false } },
  completed: { verb: 'completed', result: { completion: true } },
  incomplete: { verb: 'progressed', result: { status: 'in-progress' } },
  browsed: { because: 'it was browsed, not learnt' },
  'not attempted': { because: 'it was not attempted' },
};
/** What players abbreviate, and the specification allows. */
const SHORT_12: Readonly<Record<string, string>> = {
  p: 'passed',
  f: 'failed',
  c: 'completed',
  i: 'incomplete',
  b: 'browsed',
  n: 'not attempted',
};

const outcome12 = (said: string, elements: Elements): Read => {
  const trial = notForCredit(elements.get('core.credit'), elements.get('core.lesson_mode'));
  if (trial) return trial;
  const word = said.trim().toLowerCase();
  const status = ownOf(STATUS_12, ownOf(SHORT_12, word) ?? word);
  if (!status) return { detail: 'A "lesson_status" that SCORM 1.2 does not have.' };
  if ('because' in status) return status;
  const score = scoreOf(elements, 'core.score', { min: 0, max: 100 });
  if (score === 'bad') return { detail: BAD_SCORE };
  const duration = timespan(elements.get('core.total_time') ?? elements.get('core.session_time'));
  return { verb: status.verb, result: defined({ ...status.result, score, duration }) };
};

const outcome2004 = (elements: Elements): Read => {
  const trial = notForCredit(elements.get('credit'), elements.get('mode'));
  if (trial) return trial;
  const completion = elements.get('completion_status') ?? 'unknown';
  const success = elements.get('success_status') ?? 'unknown';
  if (!COMPLETION.has(completion) || !SUCCESS.has(success))
    return { detail: 'A status that SCORM 2004 does not have.' };
  if (completion === 'not attempted') return { because: 'it was not attempted' };
  const score = scoreOf(elements, 'score', {});
  if (score === 'bad') return { detail: BAD_SCORE };
  const duration = elements.get('total_time') ?? elements.get('session_time');
  const progress = Number(elements.get('progress_measure') ?? Number.NaN);
  return {
    verb: verb2004(completion, success),
    result: defined({
      status: completion === 'incomplete' && success === 'unknown' ? IN_PROGRESS : undefined,
      success: success === 'unknown' ? undefined : success === 'passed',
      completion: completion === 'completed' ? true : undefined,
      progress: progress >= 0 && progress <= 1 ? progress : undefined,
      score,
      duration: duration !== undefined && DURATION.test(duration) ? duration : undefined,
    }),
  };
};

const IN_PROGRESS = 'in-progress' as const;
const COMPLETION: ReadonlySet<string> = new Set([
  'completed',
  'incomplete',
  'not attempted',
  'unknown',
]);
const SUCCESS: ReadonlySet<string> = new Set(['passed', 'failed', 'unknown']);
const BAD_SCORE = 'A score is a number, and within its limits.';
const DURATION = /^P(?!$)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/u;

const verb2004 = (completion: string, success: string): ReportedData['verb'] => {
  if (success === 'passed' || success === 'failed') return success;
  return completion === 'completed' ? 'completed' : 'progressed';
};

const notForCredit = (
  credit: string | undefined,
  mode: string | undefined,
): { readonly because: string } | undefined =>
  credit === 'no-credit' || mode === 'browse' || mode === 'review'
    ? { because: 'this attempt was not for credit' }
    : undefined;

const scoreOf = (
  elements: Elements,
  at: string,
  usual: Partial<Score>,
): Score | undefined | 'bad' => {
  const read = (name: string): number | undefined => {
    const text = elements.get(`${at}.${name}`);
    return text === undefined ? undefined : Number(text);
  };
  const [raw, scaled] = [read('raw'), read('scaled')];
  if (raw === undefined && scaled === undefined) return undefined;
  const score = defined({
    raw,
    scaled,
    min: read('min') ?? usual.min,
    max: read('max') ?? usual.max,
  });
  const { min = -Infinity, max = Infinity } = score;
  const isNumber = Object.values(score).every((value) => Number.isFinite(value));
  const isWithin =
    min < max && (raw === undefined || (raw >= min && raw <= max)) && Math.abs(scaled ?? 0) <= 1;
  return isNumber && isWithin ? score : 'bad';
};

/** CMITimespan (`0001:30:05.25`) as ISO 8601 says it. */
const timespan = (text: string | undefined): string | undefined => {
  const [, h, m, s] = /^(\d{2,4}):([0-5]\d):([0-5]\d(?:\.\d{1,2})?)$/u.exec(text ?? '') ?? [];
  return h === undefined ? undefined : `PT${Number(h)}H${Number(m)}M${Number(s)}S`;
};

const ownOf = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
