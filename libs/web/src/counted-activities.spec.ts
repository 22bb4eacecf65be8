import { describe, expect, test } from '@jest/globals';
import { AchievementDefinition, type Rule } from '#contracts';
import { countedActivities } from './counted-activities.js';

const achievement = (name: string, rule: Rule, provider = 'ring-library') => ({
  provider,
  version: 1,
  definition: AchievementDefinition.parse({
    id: name.toLowerCase(),
    name,
    description: 'd',
    criteria: 'c',
    type: 'Badge',
    rule,
  }),
});
const A = 'https://ring.example/a';
const B = 'https://ring.example/b';

describe('activities that count', () => {
  test('are those that the provider’s own achievements name', () => {
    const all = [
      achievement('Reader', { hours: 3, activities: [A] }),
      achievement('Other', { passed: B }, 'aurora'),
    ];
    expect(countedActivities(all, 'ring-library')).toEqual([{ id: A, achievement: 'Reader' }]);
  });

  test('are found in every kind of rule, once each, and told apart where there are several', () => {
    const rule: Rule = {
      all: [{ passed: A }, { any: [{ completed: B }, { nOf: 1, activities: [A, 'urn:x:c'] }] }],
    };
    expect(countedActivities([achievement('Both', rule)], 'ring-library')).toEqual([
      { id: A, achievement: 'Both', part: 'a' },
      { id: B, achievement: 'Both', part: 'b' },
      { id: 'urn:x:c', achievement: 'Both', part: 'c' },
    ]);
  });

  test.each<[string, Rule]>([
    ['any activity', { hours: 3 }],
    ['other achievements', { achievement: 'reader' }],
  ])('are not named by a rule about %s', (_, rule) => {
    expect(countedActivities([achievement('Some', rule)], 'ring-library')).toEqual([]);
  });
});
