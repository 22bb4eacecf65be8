import type { LearnerIdentity, LearningEventData, Verb } from '#contracts';
import { canonicalJson } from '#merkle';
import { mailHash } from '../../content.js';
import { defined } from '../../domain/defined.js';
import { type LearningReport, momentOf, type ReportedData } from '../../domain/report.js';
import type { Item, Reading } from '../format.js';
import { ACTIVITY_TYPES, OBJECT_TYPES, VERBS } from './learning.js';

const VOCABULARY = 'http://purl.imsglobal.org/caliper/';
const BLANK = '_:';
const PARENTS_MAX = 16;
const TEXT_MAX = 4_000;
/** What is compared and kept of an account (LearnerIdentity). */
const ACCOUNT_NAME_MAX = 256;
const DID = /^did:[a-z0-9]+:\S+$/u;
const ORIGIN = /^https?:\/\/[^/?#]+/iu;

/** An event or entity that was checked against the model. */
type Node = Readonly<Record<string, unknown>>;

const nodeOf = (value: unknown): Node =>
  typeof value === 'object' && value !== null ? (value as Node) : {};

/** By its IRI alone or as an object; undefined where it has no lasting name of its own. */
const iriOf = (value: unknown): string | undefined => {
  const iri = typeof value === 'string' ? value : nodeOf(value)['id'];
  // An anonymous entity has the IRI of its type for a name ("Anonymous Entities").
  return typeof iri === 'string' && !iri.startsWith(BLANK) && !iri.startsWith(VOCABULARY)
    ? iri
    : undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

/**
 * What a checked item of `data` is to the ledger. Names of people are left out here and go no
 * further. In a GradeEvent the learner is who made the attempt; the actor graded it.
 */
export const mapItem = (value: unknown, pointer: string, { source }: Reading): Item => {
  const event = nodeOf(value);
  const telemetry = (because: string): Item => ({ pointer, is: 'telemetry', because });
  const { type = '', action = '' } = event as Readonly<Record<string, string | undefined>>;
  if (action === '') return telemetry('it describes something, nothing happened');
  const verb = VERBS[type]?.[action];
  if (!verb) return telemetry('this action earns nothing');

  const { learner, activity, attempt } = partsOf(event, verb);
  const name = iriOf(learner);
  if (name === undefined) return telemetry('it does not say who the learner is');
  if (name.length > ACCOUNT_NAME_MAX)
    return refused(pointer, `The learner's IRI may have ${ACCOUNT_NAME_MAX} characters.`);
  const id = iriOf(activity);
  if (id === undefined) return telemetry('it does not say what was done');

  const report: LearningReport = {
    is: 'learning',
    source,
    id: String(event['id']).toLowerCase(),
    times: [momentOf(String(event['eventTime'])) ?? 0],
    learner: identityOf(name, source),
    data: dataOf(event, verb, activity, attempt),
  };
  return {
    pointer,
    is: 'event',
    report,
    said: value,
    content: comparable(report),
    verb: `${VOCABULARY}actions/${action}`,
  };
};

/**
 * What an event says at its core. One event may be told more or less fully (an entity as an object
 * or by its IRI alone) and its resource named with or without a version (`?ver=…`, as in the
 * official examples): that is the same event, and not a contradiction.
 */
const comparable = ({ learner, data: { activity, verb, result } }: LearningReport): string =>
  canonicalJson(
    defined({ learner, verb, activity: activity.id.split(/[?#]/u)[0], score: result?.score }),
  );

const refused = (pointer: string, detail: string): Item => ({
  pointer,
  is: 'refused',
  issues: [{ pointer, detail }],
});

/** Who learned, on what, and in which attempt. */
const partsOf = (
  event: Node,
  verb: Verb,
): { readonly learner: unknown; readonly activity: unknown; readonly attempt: Node } => {
  if (verb !== 'assessed') {
    const generated = nodeOf(event['generated']);
    const attempt = 'attempt' in generated ? nodeOf(generated['attempt']) : generated;
    return { learner: event['actor'], activity: event['object'], attempt };
  }
  const graded = nodeOf(event['object']);
  // The score may tell of the attempt where the object is only its IRI.
  const scored = nodeOf(nodeOf(event['generated'])['attempt']);
  const attempt = { ...scored, ...graded };
  return { learner: attempt['assignee'], activity: attempt['assignable'], attempt };
};

/** A person's IRI, as an account where it points to or else with who sent it. */
const identityOf = (iri: string, source: string): LearnerIdentity => {
  if (/^mailto:/iu.test(iri)) return { mailHash: mailHash(iri) };
  if (DID.test(iri)) return { did: iri };
  return { account: { homePage: ORIGIN.exec(iri)?.[0] ?? source, name: iri } };
};

const dataOf = (event: Node, verb: Verb, object: unknown, attempt: Node): ReportedData =>
  defined({
    activity: activityOf(event, object, attempt),
    verb,
    startedAt: textOf(attempt['startedAtTime']),
    endedAt: textOf(attempt['endedAtTime']),
    result: resultOf(event, verb, attempt),
  });

const activityOf = (event: Node, object: unknown, attempt: Node): LearningEventData['activity'] => {
  const { type, name, description, isPartOf } = nodeOf(object);
  const parents = [...chain(isPartOf, 'isPartOf'), ...chain(event['group'], 'subOrganizationOf')];
  const count = numberOf(attempt['count']);
  return defined({
    id: iriOf(object) ?? '',
    type:
      (typeof type === 'string' ? ACTIVITY_TYPES[type] : OBJECT_TYPES[String(event['type'])]) ??
      'other',
    name: texts(name),
    description: texts(description),
    parents: parents.length > 0 ? [...new Set(parents)].slice(0, PARENTS_MAX) : undefined,
    attempt: count !== undefined && count >= 1 ? count : undefined,
    nativeType: typeof type === 'string' ? `${VOCABULARY}${type}` : undefined,
  });
};

/** The names of what something is in, from the nearest on. */
const chain = (start: unknown, next: string): readonly string[] => {
  const names: string[] = [];
  for (let at = start; names.length < PARENTS_MAX; at = nodeOf(at)[next]) {
    const iri = iriOf(at);
    if (iri === undefined) break;
    names.push(iri);
  }
  return names;
};

/** Caliper does not say in which language a name is. */
const texts = (value: unknown): Readonly<Record<string, string>> | undefined =>
  typeof value === 'string' && value !== '' ? { und: value.slice(0, TEXT_MAX) } : undefined;

const resultOf = (
  event: Node,
  verb: Verb,
  attempt: Node,
): LearningEventData['result'] | undefined => {
  const generated = verb === 'assessed' ? nodeOf(event['generated']) : {};
  const score = defined({
    raw: numberOf(generated['scoreGiven'] ?? generated['resultScore']),
    max: numberOf(generated['maxScore'] ?? generated['maxResultScore']),
  });
  const duration = textOf(attempt['duration'])?.replaceAll(',', '.');
  const result = defined({
    duration: duration?.startsWith('-') ? undefined : duration,
    score: Object.keys(score).length > 0 ? score : undefined,
  });
  return Object.keys(result).length > 0 ? result : undefined;
};
