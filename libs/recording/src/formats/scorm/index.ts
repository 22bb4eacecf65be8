import type { LearnerIdentity } from '#contracts';
import { defined } from '../../domain/defined.js';
import { momentOf, type ReportedData } from '../../domain/report.js';
import { intakeSchema } from '../../intake-schema.js';
import { itemsOf } from '../../json-body.js';
import { compile } from '../../json-schema.js';
import type { Format, Item, Reading } from '../format.js';
import { type Elements, elementsOf, type Outcome, outcomeOf } from './outcome.js';

/** What the player knows of an attempt, and the data model as it was at the end of it. */
interface Attempt {
  readonly learner: LearnerIdentity;
  readonly activity: { readonly id: string; readonly title?: string };
  readonly course?: string;
  readonly attempt?: number;
  readonly registration?: string;
  readonly time: string;
  readonly cmi: object;
}

const { $defs } = intakeSchema;
const check = compile({
  type: 'object',
  additionalProperties: false,
  required: ['learner', 'activity', 'time', 'cmi'],
  properties: {
    learner: $defs.learningEvent.properties.learner,
    activity: {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: { $ref: '#/$defs/iri' },
        title: { type: 'string', minLength: 1, maxLength: 4000 },
      },
    },
    course: { $ref: '#/$defs/iri' },
    attempt: { type: 'integer', minimum: 1 },
    registration: { type: 'string', minLength: 1, maxLength: 128 },
    time: { $ref: '#/$defs/ts' },
    cmi: { type: 'object' },
  },
  $defs,
});

/**
 * The data model of SCORM 1.2 or 2004 at the end of an attempt, as players keep it. What players
 * send as xAPI goes to the xAPI endpoint, which knows the profile of SCORM.
 */
export const format: Format = {
  name: 'scorm',
  path: '/v1/formats/scorm',
  mediaTypes: ['application/json'],
  summary: 'Results of SCORM 1.2 and 2004: the "cmi" data model at the end of an attempt',
  read: (body, reading) => {
    const isList = Array.isArray(body);
    return itemsOf(body).map((value, n) => readAttempt(value, isList ? `#/${n}` : '#', reading));
  },
};

const readAttempt = (value: unknown, pointer: string, { source }: Reading): Item => {
  const refused = (issues: readonly { pointer: string; detail: string }[]): Item => ({
    pointer,
    is: 'refused',
    issues: issues.map((issue) => ({ ...issue, pointer: `${pointer}${issue.pointer.slice(1)}` })),
  });
  const issues = check(value);
  if (issues.length > 0) return refused(issues);
  const attempt = value as Attempt;
  const happened = momentOf(attempt.time);
  if (happened === undefined)
    return refused([{ pointer: '#/time', detail: 'No calendar has this time.' }]);
  const elements = elementsOf(attempt.cmi);
  if (!elements) return refused([{ pointer: '#/cmi', detail: 'More than the data model has.' }]);
  const outcome = outcomeOf(elements);
  if ('detail' in outcome) return refused([{ pointer: '#/cmi', detail: outcome.detail }]);
  if ('because' in outcome) return { pointer, is: 'telemetry', because: outcome.because };
  return {
    pointer,
    is: 'event',
    said: value,
    verb: wordOf(elements),
    report: {
      is: 'learning',
      source,
      times: [happened],
      learner: attempt.learner,
      data: dataOf(attempt, outcome),
    },
  };
};

const dataOf = (
  { activity: { id, title }, course, attempt, registration }: Attempt,
  { verb, result }: Outcome,
): ReportedData => ({
  activity: defined({
    id,
    type: 'module',
    name: title === undefined ? undefined : { und: title },
    parents: course === undefined || course === id ? undefined : [course],
    attempt,
    registration,
    nativeType: 'scorm-content-object',
  }),
  verb,
  ...(Object.keys(result).length > 0 ? { result } : {}),
});

/** The words of SCORM for it: from its vocabulary, never a text of somebody. */
const wordOf = (elements: Elements): string =>
  ['core.lesson_status', 'completion_status', 'success_status']
    .flatMap((name) => elements.get(name) ?? [])
    .join(', ');
