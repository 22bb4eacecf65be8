import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Rule } from '#contracts';
import { learning, noon } from '../testing/learnings.js';
import type { Learning } from './learning.js';
import { evaluate, type Outcome, subjectsOf } from './rule.js';

const X = 'https://uni.example/courses/x';
const Y = 'https://uni.example/courses/y';
const Z = 'https://uni.example/courses/z';

const judged = (
  rule: Rule,
  learnings: readonly Learning[],
  achievements: ReadonlyMap<string, readonly string[]> = new Map(),
): Outcome => evaluate(rule, { learnings, achievements }, 'observed');
const isEarned = (rule: Rule, ...learnings: Learning[]): boolean => judged(rule, learnings).earned;

describe('passed', () => {
  const rule: Rule = { passed: X };

  it.each([
    ['passed', undefined],
    ['passed', { success: true }],
    ['completed', { success: true }],
    ['assessed', { success: true, status: 'final' }],
  ] as const)('is earned by %s with %j', (verb, result) => {
    const event = learning({ activity: X, verb, result });
    expect(judged(rule, [event])).toEqual({
      earned: true,
      evidence: [event.id],
      progress: { have: 1, need: 1 },
    });
  });

  it.each([
    ['passed', { success: false }],
    ['passed', { status: 'provisional' }],
    ['passed', { status: 'in-progress' }],
    ['completed', undefined],
    ['completed', { success: false }],
    ['assessed', { completion: true }],
    ['failed', undefined],
    ['failed', { success: true }],
    ['progressed', { success: true }],
    ['enrolled', undefined],
  ] as const)('is not earned by %s with %j', (verb, result) => {
    expect(judged(rule, [learning({ activity: X, verb, result })])).toEqual({
      earned: false,
      evidence: [],
      progress: { have: 0, need: 1 },
    });
  });

  it('is not earned by another activity, nor below the least assurance', () => {
    expect(isEarned(rule, learning({ activity: Y, verb: 'passed' }))).toBe(false);
    expect(isEarned(rule, learning({ activity: X, assurance: 'self-asserted' }))).toBe(false);
    expect(isEarned(rule, learning({ activity: X, assurance: 'observed' }))).toBe(true);
  });

  it('stays earned when a later attempt fails', () => {
    const pass = learning({ activity: X, time: noon(1) });
    const fail = learning({ activity: X, verb: 'failed', time: noon(2) });
    expect(judged(rule, [fail, pass]).evidence).toEqual([pass.id]);
  });

  it('names the earliest pass', () => {
    const [late, early] = [3, 1].map((day) => learning({ activity: X, time: noon(day) }));
    expect(judged(rule, [late!, early!]).evidence).toEqual([early!.id]);
  });
});

const scored = (score: object): Learning => learning({ activity: X, result: { score } });

const passedBy = (minScore: number): Rule => ({ passed: X, minScore });
describe('passed with a least score', () => {
  it.each([
    [0.6, { raw: 60, max: 100 }],
    [0.6, { scaled: 0.6 }],
    [0.7, { raw: 7, max: 10 }],
    [0.29, { raw: 29, min: 0, max: 100 }],
    [0.57, { raw: 57, max: 100 }],
    [0.1, { raw: 0.3, max: 3 }],
    [0.6, { raw: 4, min: 1, max: 6 }],
    [0, { raw: 0, max: 10 }],
    [1, { raw: 10, max: 10 }],
    [0.6, { scaled: 0.6, raw: 0, max: 100 }],
  ])('takes %d from %j, exactly on the line', (least, score) => {
    expect(isEarned(passedBy(least), scored(score))).toBe(true);
  });

  it.each([
    [0.6, { raw: 59.999999, max: 100 }],
    [0.6, { scaled: 0.5999999999999999 }],
    [0.6, { scaled: -0.6 }],
    [0.6, { raw: 60 }],
    [0.6, { max: 100 }],
    [0.6, { raw: 60, min: 100, max: 100 }],
    [0.6, { raw: 60, min: 100, max: 0 }],
    [0, { raw: -1, max: 10 }],
  ])('does not take %d from %j', (least, score) => {
    expect(isEarned(passedBy(least), scored(score))).toBe(false);
  });

  it('needs a score at all, and a pass beside it', () => {
    expect(isEarned(passedBy(0), learning({ activity: X }))).toBe(false);
    const failed = learning({ activity: X, verb: 'failed', result: { score: { scaled: 1 } } });
    expect(isEarned(passedBy(0.6), failed)).toBe(false);
  });

  it('is exact for every line and maximum', () => {
    const lines = fc.constantFrom(10, 100, 1000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(1000), lines, (max, part, least) => {
        const raw = Math.min(part, max);
        // raw / max >= k / least, in whole numbers
        const k = Math.floor((raw * least) / max);
        expect(isEarned(passedBy(k / least), scored({ raw, max }))).toBe(true);
        if (k < least)
          expect(isEarned(passedBy((k + 1) / least), scored({ raw, max }))).toBe(false);
      }),
    );
  });
});

describe('completed and n of m', () => {
  it.each([
    ['completed', undefined, true],
    ['completed', { success: false }, true],
    ['completed', { completion: false }, false],
    ['completed', { status: 'provisional' }, false],
    ['passed', undefined, true],
    ['participated', { completion: true }, true],
    ['participated', undefined, false],
    ['failed', { completion: true }, false],
    ['withdrew', { completion: true }, false],
    ['started', undefined, false],
  ] as const)('%s with %j completes: %p', (verb, result, expected) => {
    expect(isEarned({ completed: X }, learning({ activity: X, verb, result }))).toBe(expected);
  });

  it('counts different activities, not repetitions', () => {
    const rule: Rule = { nOf: 2, activities: [X, X, Y, Z] };
    const twice = [1, 2].map((day) => learning({ activity: X, time: noon(day) }));
    expect(judged(rule, twice)).toMatchObject({ earned: false, progress: { have: 1, need: 2 } });
    const z = learning({ activity: Z, time: noon(4), verb: 'completed' });
    const y = learning({ activity: Y, time: noon(3) });
    expect(judged(rule, [z, y, ...twice]).evidence).toEqual([twice[0]!.id, y.id]);
  });

  it('cannot be earned if more is asked than there is', () => {
    expect(isEarned({ nOf: 2, activities: [X] }, learning({ activity: X }))).toBe(false);
  });
});

const spent = (activity: string, duration?: string, workloadHours?: number): Learning =>
  learning({
    activity,
    verb: 'participated',
    workloadHours,
    result: duration === undefined ? undefined : { duration },
  });

describe('hours', () => {
  it.each([
    ['PT1H', 1],
    ['PT90M', 1.5],
    ['PT1H30M', 1.5],
    ['PT5400S', 1.5],
    ['PT0.5H', 0.5],
    ['P1D', 24],
    ['P1W', 168],
    ['P1DT6M', 24.1],
    ['PT36.36S', 0.0101],
  ])('reads %s as %d hours', (duration, hours) => {
    expect(isEarned({ hours }, spent(X, duration))).toBe(true);
    expect(isEarned({ hours: hours + 1e-9 }, spent(X, duration))).toBe(false);
  });

  it.each(['P1Y', 'P3M', 'P', 'PT', '1H', 'PT1.2.3H', '-PT1H', 'PT1M1H', ''])(
    'does not take %p for hours and falls back on the workload',
    (duration) => {
      expect(isEarned({ hours: 0.0001 }, spent(X, duration))).toBe(false);
      expect(isEarned({ hours: 5 }, spent(X, duration, 5))).toBe(true);
    },
  );

  it('prefers the duration to the workload', () => {
    expect(isEarned({ hours: 2 }, spent(X, 'PT1H', 40))).toBe(false);
  });

  it('counts an activity once, with the most that was shown', () => {
    const events = [spent(X, 'PT1H'), spent(X, 'PT3H'), spent(X, 'PT2H')];
    expect(judged({ hours: 4 }, events).progress).toEqual({ have: 3, need: 4 });
    expect(judged({ hours: 3 }, events).evidence).toEqual([events[1]!.id]);
  });

  it('adds tenths exactly', () => {
    const ten = Array.from({ length: 10 }, (_, n) => spent(`${X}/${n}`, undefined, 0.1));
    expect(judged({ hours: 1 }, ten).earned).toBe(true);
  });

  it('keeps to the activities it names', () => {
    expect(isEarned({ hours: 1, activities: [Y] }, spent(X, 'PT2H'))).toBe(false);
    expect(isEarned({ hours: 1, activities: [X, Y] }, spent(X, 'PT2H'))).toBe(true);
  });

  it.each(['enrolled', 'started', 'progressed', 'failed', 'withdrew'] as const)(
    'does not count %s',
    (verb) => {
      const event = learning({ activity: X, verb, workloadHours: 50 });
      expect(isEarned({ hours: 1 }, event)).toBe(false);
    },
  );

  it('leaves out what is not needed', () => {
    const events = ['PT1H', 'PT1H', 'PT5H'].map((duration, day) => ({
      ...spent(`${X}/${day}`, duration),
      time: noon(day),
    }));
    expect(judged({ hours: 5 }, events).evidence).toEqual([events[2]!.id]);
    expect(judged({ hours: 6 }, events).evidence).toEqual([events[0]!.id, events[2]!.id]);
  });
});

describe('all, any and stacking', () => {
  const x = learning({ activity: X, time: noon(1) });
  const y = learning({ activity: Y, time: noon(2) });

  it('all asks for every part', () => {
    const rule: Rule = { all: [{ passed: Y }, { passed: X }] };
    expect(judged(rule, [y])).toMatchObject({ earned: false, progress: { have: 1, need: 2 } });
    expect(judged(rule, [y, x]).evidence).toEqual([x.id, y.id]);
  });

  it('any takes the alternative with the fewest events', () => {
    const rule: Rule = { any: [{ nOf: 2, activities: [X, Y] }, { passed: Y }] };
    expect(judged(rule, [x, y]).evidence).toEqual([y.id]);
    expect(judged(rule, [x])).toMatchObject({ earned: false, progress: { have: 1, need: 2 } });
  });

  it('names nothing twice and nothing needless', () => {
    const rule: Rule = { all: [{ any: [{ passed: X }, { passed: Y }] }, { passed: Y }] };
    expect(judged(rule, [x, y]).evidence).toEqual([y.id]);
  });

  it('an achievement stands for the events that earned it', () => {
    const rule: Rule = { all: [{ achievement: 'basics' }, { passed: Y }] };
    expect(isEarned(rule, y)).toBe(false);
    const held = new Map([['basics', ['evt_a', 'evt_b']]]);
    expect(judged(rule, [y], held).evidence).toEqual(['evt_a', 'evt_b', y.id]);
    expect(judged(rule, [y], new Map([['other', ['evt_a']]])).earned).toBe(false);
  });

  it('says what it asks about', () => {
    const rule: Rule = {
      all: [
        { any: [{ passed: X }, { hours: 2, activities: [Y, X] }] },
        { achievement: 'basics' },
        { nOf: 1, activities: [Z, Z] },
      ],
    };
    expect(subjectsOf(rule)).toEqual({
      activities: [X, Y, Z],
      achievements: ['basics'],
      anyActivity: false,
    });
    expect(subjectsOf({ any: [{ completed: X }, { hours: 1 }] }).anyActivity).toBe(true);
  });
});
