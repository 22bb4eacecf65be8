import type { AchievementDefinition, Fact } from '#contracts';
import { type Decider, DomainError } from '#kernel';

export type AchievementFact = Pick<Fact<'achievement-defined'>, 'kind' | 'data'> & {
  readonly personal?: undefined;
};
export interface DefineAchievement {
  readonly provider: string;
  readonly definition: AchievementDefinition;
}
/** What was last published, if anything. */
export type AchievementState = Fact<'achievement-defined'>['data'] | undefined;

/**
 * An achievement definition. Publishing the same again changes nothing, publishing another makes
 * the next version; what was earned by an earlier version stays as it is.
 * Throws DomainError `achievement-exists` if the id is another provider's.
 */
export const achievement: Decider<AchievementState, DefineAchievement, AchievementFact> = {
  initial: undefined,
  evolve: (_, { data }) => data,
  decide: ({ provider, definition }, state) => {
    if (state && state.provider !== provider) throw new DomainError('achievement-exists');
    if (state && isSame(state.definition, definition)) return [];
    const version = (state?.version ?? 0) + 1;
    return [{ kind: 'achievement-defined', data: { provider, version, definition } }];
  },
};

/** Equal as JSON, whatever the order of members. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return a === b;
  const [left, right] = [defined(a), defined(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
  );
};
const defined = (value: object): Map<string, unknown> =>
  new Map(Object.entries(value).filter(([, member]) => member !== undefined));
