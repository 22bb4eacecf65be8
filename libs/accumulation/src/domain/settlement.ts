import type { AchievementDefinition } from '#contracts';
import type { Learning } from './learning.js';
import { evaluate, type Facts, holds } from './rule.js';

/** A published definition: what `achievement-defined` says. */
export interface Definition {
  readonly provider: string;
  readonly version: number;
  readonly definition: AchievementDefinition;
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
  /** The definitions in question, each in its current version. */
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
 * What has to be stated so that the learner holds what the facts support and nothing else.
 *
 * Support is the least fixpoint: achievements that only stack on each other do not carry each
 * other. It is found in rounds that see the result of the round before, so that the order of the
 * definitions does not matter. What is held is judged by the definition it was earned by; if that
 * no longer holds but the current one does, it is withdrawn and earned anew.
 */
export const settle = ({ learnings, definitions, holdings, recheck }: Situation): Settlement => {
  const supported = new Map<string, readonly string[]>();
  const earned = new Map<string, Earning>();
  if (!recheck) for (const each of holdings) supported.set(each.definition.id, each.evidence);

  for (let grew = true; grew;) {
    const facts: Facts = { learnings, achievements: new Map(supported) };
    for (const each of holdings)
      if (!facts.achievements.has(each.definition.id) && stands(each, facts))
        supported.set(each.definition.id, each.evidence);
    for (const each of definitions) {
      if (facts.achievements.has(each.definition.id)) continue;
      const { rule, leastAssurance, id } = each.definition;
      const outcome = evaluate(rule, facts, leastAssurance);
      if (!outcome.earned) continue;
      earned.set(id, { ...each, evidence: outcome.evidence });
      if (!supported.has(id)) supported.set(id, outcome.evidence);
    }
    grew = supported.size > facts.achievements.size;
  }

  const facts: Facts = { learnings, achievements: supported };
  const withdraw = recheck ? holdings.filter((each) => !stands(each, facts)) : [];
  const gone = new Set(withdraw);
  const kept = holdings.filter((each) => !gone.has(each));
  const duplicates = recheck ? kept.filter((each) => firstOf(each, kept) !== each) : [];
  const stillHeld = new Set(kept.map(({ definition }) => definition.id));
  return {
    withdraw,
    duplicates,
    earn: [...earned.values()].filter((each) => !stillHeld.has(each.definition.id)),
  };
};

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
