import type { AchievementDefinition } from '#contracts';
import type { Learning } from './learning.js';
import { evaluate, type Facts, holds, subjectsOf } from './rule.js';

/** A published version of a definition: what `achievement-defined` says. */
export interface Definition {
  readonly provider: string;
  readonly version: number;
  readonly definition: AchievementDefinition;
  /**
   * When the next version was recorded; undefined for the current one. An earlier version judges
   * what was recorded before, so that it does not matter when the judge hears of either.
   */
  readonly until?: string | undefined;
}

/** An achievement that a learner holds, with the definition as it was when it was earned. */
export interface Holding extends Definition {
  readonly earnedId: string;
  /** RFC 3339, UTC. */
  readonly earnedAt?: string | undefined;
  readonly evidence: readonly string[];
  /**
   * It rests on an account that its holder has given up since, or was stated for one that was given
   * up since. It falls, and is stated anew for whoever earned it.
   */
  readonly isParted?: boolean | undefined;
}

export interface Earning extends Definition {
  readonly evidence: readonly string[];
}

export interface Situation {
  /** What counts (see currentRevisions) of all the learner's aliases. */
  readonly learnings: readonly Learning[];
  /** The definitions in question, each in all its versions. */
  readonly definitions: readonly Definition[];
  readonly holdings: readonly Holding[];
  /**
   * False if facts were only added since the holdings were found to hold: they then stand as they
   * are. True if something was voided or corrected, or an account joined to the learner or parted.
   */
  readonly recheck: boolean;
}

export interface Settlement {
  readonly withdraw: readonly Holding[];
  /** What two accounts of the learner hold: all but the earliest. */
  readonly duplicates: readonly Holding[];
  readonly earn: readonly Earning[];
}

/**
 * Whether what is held has to be judged again in any case: an earlier version that stacks on an
 * achievement asks when that was carried, which only its evidence tells.
 */
export const asksWhen = (definitions: readonly Definition[]): boolean =>
  definitions.some(
    ({ until, definition }) =>
      until !== undefined && subjectsOf(definition.rule).achievements.length > 0,
  );

/**
 * What has to be stated so that the learner holds what the facts support and nothing else.
 *
 * Support is the least fixpoint: achievements that only stack on each other do not carry each
 * other. A version is judged by what was recorded until its end, and by what was supported then; so
 * support is found for the end of each version, earlier first. A learner holds an achievement if one
 * of its versions carries it; of several the earliest. What is held is judged by the version it was
 * earned by; if that no longer holds but another does, it is withdrawn and earned anew.
 */
export const settle = ({ learnings, definitions, holdings, recheck }: Situation): Settlement => {
  const byVersion = definitions.toSorted((a, b) => a.version - b.version);
  const supported = new Map<string, readonly string[]>();
  if (!recheck) for (const each of holdings) supported.set(each.definition.id, each.evidence);
  const factsAt = new Map<number, Facts>();
  for (const end of endsOf([...byVersion, ...holdings])) {
    const known = learnings.filter((each) => recordedAt(each) < end);
    const isOpen = (each: Definition): boolean => endOf(each) >= end;
    carry(holdings.filter(isOpen), byVersion.filter(isOpen), known, supported);
    factsAt.set(end, { learnings: known, achievements: new Map(supported) });
  }
  const factsOf = (each: Definition): Facts =>
    withoutItself(each, factsAt.get(endOf(each)) ?? { learnings, achievements: supported });

  const withdraw = recheck ? holdings.filter((each) => !stands(each, factsOf(each))) : [];
  const gone = new Set(withdraw);
  const kept = holdings.filter((each) => !gone.has(each));
  const duplicates = recheck ? kept.filter((each) => firstOf(each, kept) !== each) : [];
  const stillHeld = new Set(kept.map(({ definition }) => definition.id));
  // In the order in which they were found: what stacks after what it stacks on.
  const earn = [...supported.keys()]
    .filter((id) => !stillHeld.has(id))
    .flatMap((id) => {
      for (const each of byVersion.filter(({ definition }) => definition.id === id)) {
        const evidence = carriedBy(each, factsOf(each));
        if (evidence) return [{ ...each, evidence }];
      }
      return [];
    });
  return { withdraw, duplicates, earn };
};

/**
 * Adds to what is supported, in rounds that see the result of the round before, so that the order
 * of the definitions does not matter.
 */
const carry = (
  holdings: readonly Holding[],
  definitions: readonly Definition[],
  learnings: readonly Learning[],
  supported: Map<string, readonly string[]>,
): void => {
  for (let grew = true; grew;) {
    const facts: Facts = { learnings, achievements: new Map(supported) };
    const isNew = ({ definition: { id } }: Definition): boolean => !facts.achievements.has(id);
    for (const each of holdings.filter(isNew))
      if (stands(each, facts)) supported.set(each.definition.id, each.evidence);
    for (const each of definitions.filter(isNew)) {
      const { id } = each.definition;
      const evidence = supported.has(id) ? undefined : carriedBy(each, facts);
      if (evidence) supported.set(id, evidence);
    }
    grew = supported.size > facts.achievements.size;
  }
};

/** The events by which a version is earned; undefined if it is not. */
const carriedBy = (
  { definition: { rule, leastAssurance } }: Definition,
  facts: Facts,
): readonly string[] | undefined => {
  const { earned, evidence } = evaluate(rule, facts, leastAssurance);
  return earned ? evidence : undefined;
};

/** An achievement does not carry itself, by way of another of its versions. */
const withoutItself = ({ definition: { id } }: Definition, facts: Facts): Facts => {
  if (!facts.achievements.has(id)) return facts;
  return {
    ...facts,
    achievements: new Map([...facts.achievements].filter(([other]) => other !== id)),
  };
};

const endOf = ({ until }: Definition): number =>
  until === undefined ? Infinity : Date.parse(until);

/** Every end there is, earlier first; the end of the current versions is never. */
const endsOf = (versions: readonly Definition[]): readonly number[] =>
  [...new Set([...versions.map(endOf), Infinity])].toSorted((a, b) => a - b);

const recordedAt = (learning: Learning): number =>
  learning.recordedAt === undefined ? -Infinity : Date.parse(learning.recordedAt);

/** The one to keep of those for the same achievement. */
const firstOf = (
  { definition: { id } }: Holding,
  holdings: readonly Holding[],
): Holding | undefined =>
  holdings.filter(({ definition }) => definition.id === id).toSorted(byEarned)[0];

const byEarned = (a: Holding, b: Holding): number =>
  Date.parse(a.earnedAt ?? '') - Date.parse(b.earnedAt ?? '') || (a.earnedId < b.earnedId ? -1 : 1);

const stands = ({ definition, isParted }: Holding, facts: Facts): boolean =>
  isParted !== true && holds(definition.rule, facts, definition.leastAssurance);
