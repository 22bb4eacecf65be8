import {
  type Area,
  type Became,
  type DeliveryCounts,
  type Problem,
  type Receipt,
  type Refusal,
  type Telemetry,
  type Tried,
} from '#contracts';

type Issue = Refusal['errors'][number];

/** What is answered to one item. */
export type ItemAnswer = Receipt | Problem | Telemetry | Tried;

/** So many refusals of a delivery are told one by one; the rest is counted. */
export const REFUSALS_MAX = 50;
/** A refusal's own words and pointers: bounded, whatever names a sender invents for its fields. */
const ISSUES_MAX = 20;
const POINTER_MAX = 200;
const DETAIL_MAX = 500;

/** Who sent something, which way, and whether it counts. */
export interface Sender {
  readonly client: string;
  /** `events`, `xapi`, `kafka`, `import`, or the name of a format. */
  readonly channel: string;
  readonly area: Area;
}

/** What became of one request, or of one batch from Kafka. */
export interface Outcomes {
  readonly counts: DeliveryCounts;
  readonly refusals: readonly Refusal[];
}

const NOTHING: DeliveryCounts = {
  recorded: 0,
  duplicate: 0,
  telemetry: 0,
  test: 0,
  refused: 0,
  waiting: 0,
};

/** From 500 on it is we who could not: the same will be taken later. */
const waits = ({ status }: Problem): boolean => status >= 500;

/** Counts what became of each item, and tells the first refusals. */
export const outcomesOf = (answers: readonly ItemAnswer[]): Outcomes => {
  const counts = { ...NOTHING };
  const refusals: Refusal[] = [];
  for (const [index, answer] of answers.entries())
    if (!('code' in answer)) counts[answer.status] += 1;
    else {
      counts[waits(answer) ? 'waiting' : 'refused'] += 1;
      if (refusals.length < REFUSALS_MAX) refusals.push({ index, ...reasonOf(answer) });
    }
  return { counts, refusals };
};

/** What became of rows of a spreadsheet; why one was refused stands with its import. */
export const outcomesOfRows = (rows: {
  readonly recorded: number;
  readonly duplicate: number;
  readonly tried: number;
  /** Numbers of the refused rows. */
  readonly refused: readonly number[];
}): Outcomes => ({
  counts: {
    ...NOTHING,
    recorded: rows.recorded,
    duplicate: rows.duplicate,
    test: rows.tried,
    refused: rows.refused.length,
  },
  refusals: rows.refused.slice(0, REFUSALS_MAX).map((row, index) => ({
    index,
    code: 'invalid-input',
    errors: [{ pointer: `#/rows/${row}`, detail: 'See the spreadsheet: it tells why.' }],
  })),
});

/** A request that was answered with a problem as a whole counts as one. */
export const outcomeOfWhole = (problem: Problem): Outcomes => ({
  counts: { ...NOTHING, [waits(problem) ? 'waiting' : 'refused']: 1 },
  refusals: [reasonOf(problem)],
});

/** What a member of a format is called; anything else is a name that the sender made up. */
const MEMBER = /^[A-Za-z0-9_-]{1,40}$/u;
const HIDDEN = '*';

/**
 * A place as it may be stored in the clear: names can hold what identifies a person, such as the
 * mail address in an extension's IRI. The answer to the request names them.
 */
const hidden = ({ pointer, detail }: Issue): Issue => {
  const [root = '#', ...names] = pointer.split('/');
  const last = (names.at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
  return {
    pointer: [root === '#' ? root : HIDDEN, ...names.map(safe)].join('/'),
    // The sentence about an unknown field has its name in it.
    detail: last === '' || MEMBER.test(last) ? detail : detail.replaceAll(last, HIDDEN),
  };
};
const safe = (name: string): string => (MEMBER.test(name) ? name : HIDDEN);

const reasonOf = ({ code, errors = [] }: Problem): Refusal => ({
  code,
  errors: errors
    .slice(0, ISSUES_MAX)
    .map(hidden)
    .map(({ pointer, detail }) => ({
      pointer: pointer.slice(0, POINTER_MAX),
      detail: storable(detail).slice(0, DETAIL_MAX),
    })),
});

/** Names that a sender invents can hold what no database does. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** What is sent again unchanged and may be taken then; what was erased is not kept either. */
const NOT_KEPT: ReadonlySet<string> = new Set(['event-erased', 'too-large', 'malformed-json']);

/** Whether what was refused like this is kept for a while, so that it can be put right. */
export const isKept = ({ code, status }: Problem): boolean =>
  status < 500 && status !== 429 && !NOT_KEPT.has(code);

/** Whether it need not be sent again: it was taken, or is about somebody who was erased. */
export const isSettled = (answer: ItemAnswer): boolean =>
  !('code' in answer) || answer.code === 'event-erased';

/** The first of these that happened to any item is the state of the delivery. */
export const STATES: readonly Became[] = [
  'refused',
  'waiting',
  'recorded',
  'duplicate',
  'telemetry',
  'test',
];
