import type { Achievement, Rule } from '#contracts';

/** An activity that an achievement asks for, and the achievement's name. */
export interface CountedActivity {
  readonly id: string;
  readonly achievement: string;
  /** Set where the achievement asks for several: the last part of the activity's address. */
  readonly part?: string;
}

const activitiesIn = (rule: Rule): readonly string[] => {
  if ('passed' in rule) return [rule.passed];
  if ('completed' in rule) return [rule.completed];
  if ('all' in rule) return rule.all.flatMap(activitiesIn);
  if ('any' in rule) return rule.any.flatMap(activitiesIn);
  return 'activities' in rule ? (rule.activities ?? []) : [];
};

const lastPart = (address: string): string => /[^/:#?=]+$/u.exec(address)?.[0] ?? address;

/**
 * The activities that a provider's achievements ask for by address: what is recorded by hand
 * counts towards an achievement only if it is one of these.
 */
export const countedActivities = (
  achievements: readonly Achievement[],
  provider: string,
): readonly CountedActivity[] =>
  achievements
    .filter((achievement) => achievement.provider === provider)
    .flatMap(({ definition: { name, rule } }) => {
      const ids = [...new Set(activitiesIn(rule))];
      return ids.map((id) =>
        ids.length === 1
          ? { id, achievement: name }
          : { id, achievement: name, part: lastPart(id) },
      );
    });
