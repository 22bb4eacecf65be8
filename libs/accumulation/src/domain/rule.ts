import type { AssuranceLevel, Rule } from '#contracts';
import {
  byBusiness,
  hasCompleted,
  hasPassed,
  hasSpentTime,
  hoursOf,
  isAssured,
  type Learning,
  scoreOf,
} from './learning.js';
import { compare, plus, rational, type Rational, toNumber, ZERO } from './rational.js';

/** What is known of a learner when a rule is judged. */
export interface Facts {
  /** What counts (see currentRevisions), in any order. */
  readonly learnings: readonly Learning[];
  /** Ids of the achievements the learner holds, with the entries that earned each. */
  readonly achievements: ReadonlyMap<string, readonly string[]>;
}

export interface Outcome {
  readonly earned: boolean;
  /** Ids (`evt_…`) of the events that earned it, earlier first: none of them can be left out. */
  readonly evidence: readonly string[];
  /** How far the learner has come, for showing. */
  readonly progress: { readonly have: number; readonly need: number };
}

/**
 * Judges a rule. Every part of the language only ever asks for more: a further event never undoes
 * an achievement; a void or a correction does. So a later failure leaves an earlier pass alone.
 *
 * In: the rule, the learner's facts, and the assurance below which an event does not count.
 * Out: the outcome, the same for the same facts in any order.
 */
export const evaluate = (rule: Rule, facts: Facts, leastAssurance: AssuranceLevel): Outcome => {
  const learnings = facts.learnings.filter(isAssured(leastAssurance)).toSorted(byBusiness);
  const outcome = judge(rule, { ...facts, learnings });
  if (!outcome.earned) return { ...outcome, evidence: [] };
  const kept = withoutNeedless(rule, { ...facts, learnings }, outcome.evidence);
  const { evidence } = judge(rule, { ...facts, learnings: kept });
  return { ...outcome, evidence: inOrder(evidence, facts.learnings.toSorted(byBusiness)) };
};

/** Whether a rule holds: evaluate without the evidence, for checking what is held already. */
export const holds = (rule: Rule, facts: Facts, leastAssurance: AssuranceLevel): boolean => {
  const learnings = facts.learnings.filter(isAssured(leastAssurance)).toSorted(byBusiness);
  return judge(rule, { ...facts, learnings }).earned;
};

/** What a rule asks about: what has to be looked at when one of them changes. */
export interface Subjects {
  readonly activities: readonly string[];
  readonly achievements: readonly string[];
  /** True if any activity counts. */
  readonly anyActivity: boolean;
}

export const subjectsOf = (rule: Rule): Subjects => {
  const nothing: Subjects = { activities: [], achievements: [], anyActivity: false };
  if ('passed' in rule) return { ...nothing, activities: [rule.passed] };
  if ('completed' in rule) return { ...nothing, activities: [rule.completed] };
  if ('achievement' in rule) return { ...nothing, achievements: [rule.achievement] };
  if ('nOf' in rule) return { ...nothing, activities: [...new Set(rule.activities)] };
  if ('hours' in rule)
    return rule.activities
      ? { ...nothing, activities: [...new Set(rule.activities)] }
      : { ...nothing, anyActivity: true };
  const parts = ('all' in rule ? rule.all : rule.any).map(subjectsOf);
  return {
    activities: [...new Set(parts.flatMap(({ activities }) => activities))],
    achievements: [...new Set(parts.flatMap(({ achievements }) => achievements))],
    anyActivity: parts.some(({ anyActivity }) => anyActivity),
  };
};

/** `facts.learnings` are earlier first here. */
const judge = (rule: Rule, facts: Facts): Outcome => {
  if ('passed' in rule) return passed(rule.passed, rule.minScore, facts);
  if ('completed' in rule) return single(first(facts, rule.completed, hasCompleted)?.id);
  if ('nOf' in rule) return nOf(rule.nOf, rule.activities, facts);
  if ('hours' in rule) return hours(rule.hours, rule.activities, facts);
  if ('achievement' in rule) {
    const evidence = facts.achievements.get(rule.achievement);
    return { ...single(evidence && rule.achievement), evidence: evidence ?? [] };
  }
  return 'all' in rule
    ? all(rule.all.map((part) => judge(part, facts)))
    : any(rule.any.map((part) => judge(part, facts)));
};

const single = (id: string | undefined): Outcome => ({
  earned: id !== undefined,
  evidence: id === undefined ? [] : [id],
  progress: { have: id === undefined ? 0 : 1, need: 1 },
});

const first = (
  { learnings }: Facts,
  activity: string,
  counts: (learning: Learning) => boolean,
): Learning | undefined =>
  learnings.find((learning) => learning.data.activity.id === activity && counts(learning));

const passed = (activity: string, minScore: number | undefined, facts: Facts): Outcome => {
  const least = minScore === undefined ? undefined : rational(minScore);
  const isEnough = (learning: Learning): boolean => {
    if (!least) return true;
    const score = scoreOf(learning);
    return score !== undefined && compare(score, least) >= 0;
  };
  const found = first(facts, activity, (each) => hasPassed(each) && isEnough(each));
  return single(found?.id);
};

const nOf = (need: number, activities: readonly string[], facts: Facts): Outcome => {
  const done = [...new Set(activities)]
    .flatMap((activity) => first(facts, activity, hasCompleted) ?? [])
    .toSorted(byBusiness);
  return {
    earned: done.length >= need,
    evidence: done.slice(0, need).map(({ id }) => id),
    progress: { have: Math.min(done.length, need), need },
  };
};

const hours = (need: number, activities: readonly string[] | undefined, facts: Facts): Outcome => {
  const asked = activities && new Set(activities);
  // An activity counts once, with the event that shows most of it.
  const best = new Map<string, { learning: Learning; spent: Rational }>();
  for (const learning of facts.learnings) {
    const activity = learning.data.activity.id;
    if ((asked && !asked.has(activity)) || !hasSpentTime(learning)) continue;
    const spent = hoursOf(learning);
    if (compare(spent, best.get(activity)?.spent ?? ZERO) > 0)
      best.set(activity, { learning, spent });
  }
  const least = rational(need) ?? ZERO;
  const evidence: string[] = [];
  let have = ZERO;
  const counted = [...best.values()].toSorted((a, b) => byBusiness(a.learning, b.learning));
  for (const { learning, spent } of counted) {
    if (compare(have, least) < 0) evidence.push(learning.id);
    have = plus(have, spent);
  }
  return {
    earned: compare(have, least) >= 0,
    evidence,
    progress: { have: Math.min(toNumber(have), need), need },
  };
};

const all = (parts: readonly Outcome[]): Outcome => ({
  earned: parts.every(({ earned }) => earned),
  evidence: parts.flatMap(({ evidence }) => evidence),
  progress: { have: parts.filter(({ earned }) => earned).length, need: parts.length },
});

/** The alternative with the fewest events, else the one that is nearest; the first of equals. */
const any = (parts: readonly Outcome[]): Outcome => {
  const nearness = ({ progress: { have, need } }: Outcome): number => have / need;
  const [best] = parts.toSorted((a, b) => {
    if (a.earned !== b.earned) return a.earned ? -1 : 1;
    return a.earned
      ? new Set(a.evidence).size - new Set(b.evidence).size
      : nearness(b) - nearness(a);
  });
  return best ?? { earned: false, evidence: [], progress: { have: 0, need: 1 } };
};

/** Leaves out, later first, every event without which the rule still holds. */
const withoutNeedless = (
  rule: Rule,
  facts: Facts,
  evidence: readonly string[],
): readonly Learning[] => {
  const named = new Set(evidence);
  let kept = facts.learnings.filter(({ id }) => named.has(id));
  for (const candidate of kept.toReversed()) {
    const rest = kept.filter((each) => each !== candidate);
    if (judge(rule, { ...facts, learnings: rest }).earned) kept = rest;
  }
  return kept;
};

/** Earlier first; ids that are not among the learner's own events (by stacking) before them. */
const inOrder = (ids: readonly string[], learnings: readonly Learning[]): readonly string[] => {
  const place = new Map(learnings.map(({ id }, index) => [id, index]));
  const placeOf = (id: string): number => place.get(id) ?? -1;
  return [...new Set(ids)].toSorted(
    (a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : Number(a > b)),
  );
};
