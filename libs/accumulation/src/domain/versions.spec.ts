import { describe, expect, it } from '@jest/globals';
import { AchievementDefinition, type Rule } from '#contracts';
import { learning } from '../testing/learnings.js';
import type { Learning } from './learning.js';
import { currentRevisions } from './revisions.js';
import { type Definition, type Holding, settle } from './settlement.js';

const NOTHING = { withdraw: [], duplicates: [], earn: [] };
const course = (letter: string): string => `https://uni.example/${letter}`;
const define = (id: string, rule: Rule, version: number): Definition => {
  const text = { id, name: id, description: id, criteria: id, type: 'Badge' };
  const definition = AchievementDefinition.parse({ ...text, rule });
  return { provider: 'uni', version, definition };
};
const hold = (definition: Definition): Holding => ({
  ...definition,
  earnedId: 'ach_a',
  evidence: ['evt_old'],
});
const ids = (list: readonly Definition[]): readonly string[] =>
  list.map(({ definition: { id } }) => id).toSorted();

describe('settle by several versions', () => {
  const at = (hour: number): string => new Date(Date.UTC(2026, 5, 1, hour)).toISOString();
  const lax = { ...define('aa', { passed: course('a'), minScore: 0.3 }, 1), until: at(10) };
  const strict = define('aa', { passed: course('a'), minScore: 0.6 }, 2);
  const scored = (scaled: number, hour: number): Learning => ({
    ...learning({ activity: course('a'), result: { score: { scaled } } }),
    recordedAt: at(hour),
  });
  const earnedBy = (...learnings: Learning[]): readonly number[] =>
    settle({ learnings, definitions: [strict, lax], holdings: [], recheck: false }).earn.map(
      ({ version }) => version,
    );

  it('each judges what was recorded until the next, whenever it is read', () => {
    expect(earnedBy(scored(0.4, 9))).toEqual([1]);
    expect(earnedBy(scored(0.4, 10))).toEqual([]);
    expect(earnedBy(scored(0.4, 11))).toEqual([]);
    expect(earnedBy(scored(0.7, 11))).toEqual([2]);
    expect(earnedBy(scored(0.7, 11), scored(0.4, 9))).toEqual([1]);
  });

  it('a laxer version judges what was recorded before it, too', () => {
    const definitions = [
      { ...strict, version: 1, until: at(10) },
      { ...lax, version: 2, until: undefined },
    ];
    const [earned] = settle({
      learnings: [scored(0.4, 9)],
      definitions,
      holdings: [],
      recheck: false,
    }).earn;
    expect(earned?.version).toBe(2);
  });

  it('a correction is judged by the version of the first of its chain', () => {
    const first = { ...scored(0.1, 9), eventId: 'one' };
    const second: Learning = { ...scored(0.4, 12), eventId: 'two' };
    const supersedes = { source: first.source, id: 'one', reason: 'regrade' };
    const correction = { ...second, data: { ...second.data, supersedes } };
    expect(earnedBy(...currentRevisions([correction, first], []))).toEqual([1]);
    expect(earnedBy(...currentRevisions([correction], []))).toEqual([]);
  });

  it('what was held by a version falls with what was recorded in its time', () => {
    const holdings = [{ ...hold(lax), until: lax.until }];
    const situation = { definitions: [lax, strict], holdings, recheck: true };
    expect(settle({ ...situation, learnings: [scored(0.4, 9)] })).toEqual(NOTHING);
    const later = settle({ ...situation, learnings: [scored(0.4, 11)] });
    expect(later).toEqual({ ...NOTHING, withdraw: holdings });
  });

  it('a version that stacks asks for what was held in its time', () => {
    const stacked = { ...define('bb', { achievement: 'aa' }, 1), until: at(10) };
    const next = define('bb', { passed: course('b') }, 2);
    const stackedBy = (hour: number) =>
      ids(
        settle({
          learnings: [scored(0.7, hour)],
          definitions: [strict, stacked, next],
          holdings: [],
          recheck: false,
        }).earn,
      );
    expect([stackedBy(9), stackedBy(11)]).toEqual([['aa', 'bb'], ['aa']]);
  });
});
