import type { Statement, StatementActivity } from './xapi-statement.js';
import { type XapiCondition, type XapiRule, XAPI_RULES } from './xapi-rules.js';

const { profiles, rules } = XAPI_RULES;
const vocabularies: ReadonlySet<string> = new Set(XAPI_RULES.vocabularies);
const activityTypes: ReadonlyMap<string, string> = new Map(
  Object.entries(XAPI_RULES.activityTypes).flatMap(([meaning, names]) =>
    names.map((name) => [name, meaning] as const),
  ),
);

const SESSION_ID = 'https://w3id.org/xapi/cmi5/context/extensions/sessionid';
const MASTERY_SCORE = 'https://w3id.org/xapi/cmi5/context/extensions/masteryscore';

/** The last segment of an IRI: what a vocabulary calls the thing. */
export const nameOf = (iri: string): string => iri.slice(iri.lastIndexOf('/') + 1);

/** The canonical type for an xAPI activity type, whatever the vocabulary; `other` if none fits. */
export const activityTypeOf = (iri: string | undefined): string =>
  (iri && activityTypes.get(nameOf(iri))) || 'other';

export const isActivity = (object: Statement['object']): object is StatementActivity =>
  object.objectType === undefined || object.objectType === 'Activity';

/** Whether a statement is of a profile: it carries the profile's category. */
export const isOf = (statement: Statement, profile: keyof typeof profiles): boolean =>
  categoriesOf(statement).some((id) => (profiles[profile] as readonly string[]).includes(id));

const categoriesOf = ({ context }: Statement): readonly string[] =>
  [context?.contextActivities?.category ?? []].flat().map(({ id }) => id);

const rulesAsking = (verb: string | undefined): readonly XapiRule[] =>
  rules.filter(({ when }) => !when.verbs || (verb !== undefined && when.verbs.includes(verb)));
/** For each verb that a rule names the rules that may apply to it, in their order. */
const rulesByVerb: ReadonlyMap<string, readonly XapiRule[]> = new Map(
  rules.flatMap(({ when }) => when.verbs ?? []).map((verb) => [verb, rulesAsking(verb)]),
);
const rulesForOthers = rulesAsking(undefined);

/** The rule that decides what a statement is to the ledger; the table's last one fits them all. */
export const ruleFor = (statement: Statement): XapiRule => {
  const candidates = rulesByVerb.get(verbNameOf(statement.verb.id) ?? '') ?? rulesForOthers;
  const rule = candidates.find(({ when }) => applies(when, statement));
  if (!rule) throw new Error('the last rule applies to every statement');
  return rule;
};

/** What one of the vocabularies calls the verb; undefined for a verb of another one. */
const verbNameOf = (id: string): string | undefined => {
  const name = nameOf(id);
  return vocabularies.has(id.slice(0, id.length - name.length)) ? name : undefined;
};

/** Everything but the verb's name. */
const applies = (when: XapiCondition, statement: Statement): boolean => {
  const { actor, verb, object, context } = statement;
  const { profile, sessionOf, verbId, withoutCategory } = when;
  if (verbId !== undefined && verbId !== verb.id) return false;
  if (profile && !isOf(statement, profile)) return false;
  if (sessionOf && (!context?.extensions?.[SESSION_ID] || isOf(statement, sessionOf))) return false;
  if (withoutCategory !== undefined && categoriesOf(statement).includes(withoutCategory))
    return false;
  if (when.actorIsGroup && actor.objectType !== 'Group') return false;
  if (when.objectIsNoActivity && isActivity(object)) return false;
  if (when.contradictsMasteryScore && !contradictsMasteryScore(statement)) return false;
  const type = isActivity(object) ? object.definition?.type : undefined;
  if (when.activityTypes && !when.activityTypes.includes(nameOf(type ?? ''))) return false;
  return !when.activities || when.activities.includes(activityTypeOf(type));
};

/** cmi5 §9.3.4, §9.3.5: passed means at least the masteryScore, failed means less. */
const contradictsMasteryScore = ({ verb, context, result }: Statement): boolean => {
  const least = context?.extensions?.[MASTERY_SCORE];
  const scaled = result?.score?.scaled;
  if (typeof least !== 'number' || scaled === undefined) return false;
  return nameOf(verb.id) === 'passed' ? scaled < least : scaled >= least;
};
