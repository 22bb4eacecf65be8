import { defined } from '../../domain/defined.js';
import { momentOf, type ReportedData } from '../../domain/report.js';
import { itemsOf } from '../../json-body.js';
import { compile, when } from '../../json-schema.js';
import type { Format, Item, Reading } from '../format.js';

/** A line item, as its container lists it (AGS 2.0 §3.2.6): what of it is read here. */
interface LineItem {
  readonly id: string;
  readonly label?: string;
}
/** A score (AGS 2.0 §3.4.5). */
interface Score {
  readonly userId: string;
  readonly timestamp: string;
  readonly scoreGiven?: number | null;
  readonly scoreMaximum?: number;
  readonly activityProgress: keyof typeof DOING;
  readonly gradingProgress: string;
}
interface Posted {
  readonly lineItem: string | LineItem;
  /** The issuer of the platform's messages: user ids mean something there only. */
  readonly platform?: string;
  readonly score: Score;
}

/** What somebody is doing who has no final score. */
const DOING = {
  Initialized: 'started',
  Started: 'started',
  InProgress: 'progressed',
  Submitted: 'submitted',
  Completed: 'submitted',
} as const;

const iri = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:\\S+$', maxLength: 2048 };
const number = { type: 'number', minimum: 0 };
/** Other members are extensions (§3.4.6): they may be there and mean nothing here. */
const check = compile({
  type: 'object',
  required: ['lineItem', 'score'],
  properties: {
    lineItem: when(
      { type: 'object' },
      {
        required: ['id'],
        properties: { id: iri, label: { type: 'string', minLength: 1, maxLength: 4000 } },
      },
      iri,
    ),
    platform: iri,
    score: {
      type: 'object',
      required: ['userId', 'timestamp', 'activityProgress', 'gradingProgress'],
      properties: {
        userId: { type: 'string', minLength: 1, maxLength: 256 },
        timestamp: { type: 'string', format: 'date-time' },
        scoreGiven: { if: { type: 'null' }, else: number },
        scoreMaximum: { type: 'number', exclusiveMinimum: 0 },
        activityProgress: { enum: Object.keys(DOING) },
        gradingProgress: {
          enum: ['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady'],
        },
      },
      ...when(
        { required: ['scoreGiven'], properties: { scoreGiven: { type: 'number' } } },
        { required: ['scoreMaximum'] },
      ),
    },
  },
});

/**
 * LTI Assignment and Grade Services 2.0, score passback: each score with the address of its line
 * item. Of the scores of a person in a line item the one of the latest timestamp counts (§3.4.9);
 * one without `scoreGiven` clears what was there.
 */
export const format: Format = {
  name: 'lti-ags-2.0',
  path: '/v1/formats/lti-ags',
  mediaTypes: ['application/json', 'application/vnd.ims.lis.v1.score+json'],
  summary: 'Scores of LTI Assignment and Grade Services 2.0, each with its line item',
  read: (body, reading) => {
    const isList = Array.isArray(body);
    return itemsOf(body).map((value, n) => readScore(value, isList ? `#/${n}` : '#', reading));
  },
};

const readScore = (value: unknown, pointer: string, reading: Reading): Item => {
  const issues = check(value);
  const at = (path: string): string => `${pointer}${path.slice(1)}`;
  if (issues.length > 0)
    return {
      pointer,
      is: 'refused',
      issues: issues.map((issue) => ({ ...issue, pointer: at(issue.pointer) })),
    };
  const { lineItem, platform, score } = value as Posted;
  const happened = momentOf(score.timestamp);
  if (happened === undefined)
    return {
      pointer,
      is: 'refused',
      issues: [{ pointer: at('#/score/timestamp'), detail: 'No calendar has this time.' }],
    };
  const activity = typeof lineItem === 'string' ? { id: lineItem } : lineItem;
  const homePage = platform ?? reading.homePage;
  const isFinal =
    isNumber(score.scoreGiven) &&
    score.gradingProgress === 'FullyGraded' &&
    score.activityProgress === 'Completed';
  return {
    pointer,
    is: 'event',
    said: value,
    verb: score.activityProgress,
    report: {
      is: 'learning',
      source: reading.source,
      times: [happened],
      learner: { account: { homePage, name: score.userId } },
      data: isFinal ? graded(activity, score) : ungraded(activity, score),
    },
    series: {
      key: ['lti-ags', activity.id],
      reason: 'regrade',
      ...(isFinal ? {} : { notFirst: 'only a score that is FullyGraded and Completed counts' }),
    },
  };
};

const isNumber = (value: number | null | undefined): value is number => typeof value === 'number';

const activityOf = ({ id, label }: LineItem): ReportedData['activity'] =>
  defined({ id, type: 'assessment', name: label === undefined ? undefined : { und: label } });

/** `scoreGiven` may be more than `scoreMaximum` (§3.4.4): bonus, and kept as it is. */
const graded = (lineItem: LineItem, score: Score): ReportedData => ({
  activity: activityOf(lineItem),
  verb: 'assessed',
  result: defined({ status: 'final' as const, completion: true, score: scoreOf(score) }),
});

/** Nothing of it counts: it is there to take the place of a score that was there before. */
const ungraded = (lineItem: LineItem, score: Score): ReportedData => ({
  activity: activityOf(lineItem),
  verb: DOING[score.activityProgress],
  result: defined({ status: 'provisional' as const, score: scoreOf(score) }),
});

const scoreOf = ({ scoreGiven, scoreMaximum }: Score) =>
  isNumber(scoreGiven) && scoreMaximum !== undefined
    ? { raw: scoreGiven, min: 0, max: scoreMaximum }
    : undefined;
