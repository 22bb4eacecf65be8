import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AchievementDefinition, type Rule } from '#contracts';
import { learning, noon } from '../testing/learnings.js';
import type { Learning } from './learning.js';
import { currentRevisions, type Voiding } from './revisions.js';
import { type Definition, type Holding, settle } from './settlement.js';

const define = (id: string, rule: Rule, version = 1): Definition => ({
  provider: 'uni',
  version,
  definition: AchievementDefinition.parse({
    id,
    name: id,
    description: id,
    criteria: id,
    type: 'Badge',
    rule,
  }),
});
const hold = (definition: Definition, evidence: readonly string[] = ['evt_old']): Holding => ({
  ...definition,
  earnedId: `ach_${definition.definition.id}`,
  evidence,
});
const course = (letter: string): string => `https://uni.example/${letter}`;
const ids = (list: readonly Definition[]): readonly string[] =>
  list.map(({ definition: { id } }) => id).toSorted();

const NOTHING = { withdraw: [], duplicates: [], earn: [] };

describe('settle', () => {
  const a = define('aa', { passed: course('a') });
  const b = define('bb', { all: [{ achievement: 'aa' }, { passed: course('b') }] });
  const c = define('cc', { achievement: 'bb' });
  const passA = learning({ activity: course('a'), time: noon(1) });
  const passB = learning({ activity: course('b'), time: noon(2) });

  it('stacks to the end in one go, whatever the order of the definitions', () => {
    for (const definitions of [
      [a, b, c],
      [c, b, a],
    ]) {
      const settled = settle({
        learnings: [passB, passA],
        definitions,
        holdings: [],
        recheck: false,
      });
      expect(ids(settled.earn)).toEqual(['aa', 'bb', 'cc']);
      const ofC = settled.earn.find(({ definition }) => definition.id === 'cc');
      expect(ofC?.evidence).toEqual([passA.id, passB.id]);
    }
  });

  it('states nothing again', () => {
    const holdings = [hold(a), hold(b), hold(c)];
    for (const recheck of [false, true])
      expect(
        settle({ learnings: [passA, passB], definitions: [a, b, c], holdings, recheck }),
      ).toEqual(NOTHING);
  });

  it('withdraws what no longer holds, and what stacks on it', () => {
    const settled = settle({
      learnings: [passB],
      definitions: [a, b, c],
      holdings: [hold(a), hold(b), hold(c)],
      recheck: true,
    });
    expect(ids(settled.withdraw)).toEqual(['aa', 'bb', 'cc']);
    expect(settled.earn).toEqual([]);
  });

  it('keeps what was earned by an earlier version of the definition', () => {
    const stricter = define('aa', { passed: course('a'), minScore: 0.9 }, 2);
    const settled = settle({
      learnings: [passA],
      definitions: [stricter],
      holdings: [hold(a)],
      recheck: true,
    });
    expect(settled).toEqual(NOTHING);
  });

  it('earns anew by the current version what falls by the earlier one', () => {
    const other = define('aa', { passed: course('b') }, 2);
    const settled = settle({
      learnings: [passB],
      definitions: [other],
      holdings: [hold(a)],
      recheck: true,
    });
    expect(settled.withdraw.map(({ version }) => version)).toEqual([1]);
    expect(settled.earn.map(({ version }) => version)).toEqual([2]);
  });

  it('does not let achievements carry each other', () => {
    const left = define('left', { any: [{ passed: course('a') }, { achievement: 'right' }] });
    const right = define('right', { achievement: 'left' });
    const holdings = [hold(left), hold(right)];
    const settled = settle({ learnings: [], definitions: [left, right], holdings, recheck: true });
    expect(ids(settled.withdraw)).toEqual(['left', 'right']);
    expect(
      settle({ learnings: [], definitions: [left, right], holdings: [], recheck: false }).earn,
    ).toEqual([]);
  });

  it('keeps the earliest of two holdings of one achievement, which two accounts had', () => {
    const first = { ...hold(a), earnedAt: noon(1), earnedId: 'ach_first' };
    const second = { ...hold(a), earnedAt: noon(2), earnedId: 'ach_again' };
    const holdings = [second, first];
    const situation = { learnings: [passA], definitions: [a], holdings };
    expect(settle({ ...situation, recheck: true })).toEqual({ ...NOTHING, duplicates: [second] });
    expect(settle({ ...situation, recheck: false })).toEqual(NOTHING);
    const fallen = settle({ ...situation, learnings: [], recheck: true });
    expect(fallen).toEqual({ ...NOTHING, withdraw: holdings });
  });

  it('states anew what rests on an account that was parted, if it still holds', () => {
    const parted = { ...hold(a), isParted: true };
    const stacked = { ...hold(c), isParted: false };
    const situation = { definitions: [a, b, c], holdings: [parted, hold(b), stacked] };
    const anew = settle({ ...situation, learnings: [passA, passB], recheck: true });
    expect(anew.withdraw).toEqual([parted]);
    expect(ids(anew.earn)).toEqual(['aa']);
    const gone = settle({ ...situation, learnings: [passB], recheck: true });
    expect([ids(gone.withdraw), gone.earn]).toEqual([['aa', 'bb', 'cc'], []]);
  });
});

type Delivery = { readonly event: Learning } | { readonly voiding: Voiding };

/** What a projection does with batches, in memory. */
const delivered = (
  batches: readonly (readonly Delivery[])[],
  definitions: readonly Definition[],
) => {
  const events: Learning[] = [];
  const voids: Voiding[] = [];
  let holdings: readonly Holding[] = [];
  let round = 0;
  for (const batch of batches) {
    for (const each of batch)
      if ('event' in each) events.push(each.event);
      else voids.push(each.voiding);
    const learnings = currentRevisions(events, voids);
    const recheck =
      batch.some((each) => 'voiding' in each) || events.some(({ data }) => data.supersedes);
    const { withdraw, earn } = settle({ learnings, definitions, holdings, recheck });
    round += 1;
    holdings = [
      ...holdings.filter((each) => !withdraw.includes(each)),
      ...earn.map((each) => ({ ...each, earnedId: `ach_${each.definition.id}-${round}` })),
    ];
  }
  return holdings;
};

const letters = ['a', 'b', 'c', 'd'];
const events = fc
  .array(
    fc.record({
      letter: fc.constantFrom(...letters),
      verb: fc.constantFrom('passed', 'completed', 'failed', 'participated'),
      score: fc.option(fc.nat(10)),
      day: fc.nat(5),
      workloadHours: fc.nat(4),
      corrects: fc.option(fc.nat(11)),
      assurance: fc.constantFrom('self-asserted', 'observed', 'assessed'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ letter, verb, score, day, corrects, ...rest }, n) =>
      learning({
        ...rest,
        id: `evt_${n}`,
        eventId: `e${n}`,
        seq: n,
        activity: course(letter),
        verb: verb as 'passed',
        time: noon(day),
        result: score === null ? undefined : { score: { raw: score, max: 10 } },
        supersedes: corrects === null ? undefined : `e${corrects}`,
      }),
    ),
  );
const rule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...letters).map((each) => ({ passed: course(each), minScore: 0.5 })),
    fc.constantFrom(...letters).map((each) => ({ completed: course(each) })),
    fc.integer({ min: 1, max: 9 }).map((hours) => ({ hours })),
    fc.integer({ min: 1, max: 3 }).map((n) => ({ nOf: n, activities: letters.map(course) })),
    fc.constantFrom('one', 'two', 'three').map((achievement) => ({ achievement })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
  ),
})).rule;
const definitions = fc
  .tuple(rule, rule, rule)
  .map(([one, two, three]) => [define('one', one), define('two', two), define('three', three)]);
const voids = fc
  .array(fc.nat(11), { maxLength: 4 })
  .map((list) =>
    list.map((n) => ({ provider: 'uni', target: { source: 'urn:llcl:uni:lms', id: `e${n}` } })),
  );

describe('any permutation and any split into batches', () => {
  const scenario = fc
    .record({ events, voids, definitions })
    .chain(({ events: stated, voids: voided, definitions: published }) => {
      const all: readonly Delivery[] = [
        ...stated.map((event) => ({ event })),
        ...voided.map((voiding) => ({ voiding })),
      ];
      return fc.record({
        all: fc.constant(all),
        definitions: fc.constant(published),
        shuffled: fc.shuffledSubarray([...all], { minLength: all.length }),
        cuts: fc.array(fc.nat(all.length), { maxLength: all.length }),
      });
    });

  it('gives the same achievements', () => {
    let earnedSome = 0;
    fc.assert(
      fc.property(scenario, ({ all, definitions: published, shuffled, cuts }) => {
        const borders = [0, ...cuts.toSorted((x, y) => x - y), shuffled.length];
        const batches = borders.slice(1).map((end, n) => shuffled.slice(borders[n], end));
        const atOnce = delivered([all], published);
        expect(ids(delivered(batches, published))).toEqual(ids(atOnce));
        if (atOnce.length > 0) earnedSome += 1;
      }),
      { numRuns: 500 },
    );
    // The property would hold as well if nothing were ever earned.
    expect(earnedSome).toBeGreaterThan(50);
  });

  it('names evidence that is enough and of which nothing can be left out', () => {
    const single = rule.filter((each) => !JSON.stringify(each).includes('"achievement"'));
    fc.assert(
      fc.property(events, single, (stated, each) => {
        const [earning] = settle({
          learnings: stated,
          definitions: [define('one', each)],
          holdings: [],
          recheck: false,
        }).earn;
        if (!earning) return;
        const named = stated.filter(({ id }) => earning.evidence.includes(id));
        const earnedBy = (learnings: readonly Learning[]): number =>
          settle({ learnings, definitions: [earning], holdings: [], recheck: false }).earn.length;
        expect(named).toHaveLength(earning.evidence.length);
        expect(earnedBy(named)).toBe(1);
        for (const left of named) expect(earnedBy(named.filter((x) => x !== left))).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
