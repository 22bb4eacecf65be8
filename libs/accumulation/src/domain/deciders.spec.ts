import { describe, expect, it } from '@jest/globals';
import { AchievementDefinition } from '#contracts';
import { type Decider, type DomainEvent, fold } from '#kernel';
import { achievement } from './achievement.js';
import { earned, type EarnedCommand, type EarnedFact } from './earned.js';
import { posting, type PostingCommand, type PostingFact } from './posting.js';

const decided = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  given: readonly Event[],
  ...commands: readonly Command[]
): readonly Event[] => {
  const history = [...given];
  for (const command of commands) history.push(...decider.decide(command, fold(decider, history)));
  return history.slice(given.length);
};

const definition = AchievementDefinition.parse({
  id: 'data-literacy',
  name: 'Data literacy',
  description: 'Reads and questions data',
  criteria: 'Pass the course',
  type: 'MicroCredential',
  rule: { passed: 'https://uni.example/x' },
});

const define = (change: object = {}, provider = 'uni') => ({
  provider,
  definition: { ...definition, ...change },
});

describe('an achievement definition', () => {
  it('is published as version 1 and changed as version 2', () => {
    const stated = decided(achievement, [], define(), define({ name: 'Data' }));
    expect(stated.map(({ data }) => [data.version, data.definition.name])).toEqual([
      [1, 'Data literacy'],
      [2, 'Data'],
    ]);
  });

  it('published again as it is changes nothing, whatever the order of its members', () => {
    const reordered = Object.fromEntries(Object.entries(definition).toReversed());
    const again = { provider: 'uni', definition: reordered as typeof definition };
    expect(decided(achievement, [], define(), again, define({ eqfLevel: undefined }))).toHaveLength(
      1,
    );
  });

  it('going back to an earlier text is a change', () => {
    expect(decided(achievement, [], define(), define({ name: 'B' }), define())).toHaveLength(3);
  });

  it('sees changes deep inside', () => {
    const one = define({ rule: { all: [{ passed: 'https://uni.example/x' }] } });
    const two = define({ rule: { all: [{ passed: 'https://uni.example/y' }] } });
    const three = define({ learningOutcomes: ['Counts'] });
    expect(decided(achievement, [], define(), one, two, three)).toHaveLength(4);
  });

  it('is not for another provider to change, nor to repeat', () => {
    for (const other of [define({}, 'mooc'), define({ name: 'Mine' }, 'mooc')])
      expect(() => decided(achievement, [], define(), other)).toThrow('achievement-exists');
  });
});

const withdraw = (earnedId: string): EarnedCommand => ({
  type: 'withdraw',
  earnedId,
  reason: 'no-longer-earned',
});
const summary = (stated: readonly EarnedFact[]): readonly string[] =>
  stated.map(({ kind, data }) => `${kind} ${data.earnedId}`);

describe('an achievement earned', () => {
  const earn: EarnedCommand = {
    type: 'earn',
    id: 'ach_x',
    earning: {
      definition,
      version: 1,
      provider: 'uni',
      earnedAt: '2026-03-01T12:00:00.000Z',
      evidence: ['evt_1'],
    },
  };

  it('is stated once', () => {
    const stated = decided(earned, [], earn, earn);
    expect(summary(stated)).toEqual(['achievement-earned ach_x']);
    expect(stated[0]?.personal).toEqual(earn.earning);
  });

  it('is withdrawn once, and earned anew under another id', () => {
    const commands = [earn, withdraw('ach_x'), withdraw('ach_x'), earn, withdraw('ach_x-2'), earn];
    expect(summary(decided(earned, [], ...commands))).toEqual([
      'achievement-earned ach_x',
      'achievement-withdrawn ach_x',
      'achievement-earned ach_x-2',
      'achievement-withdrawn ach_x-2',
      'achievement-earned ach_x-3',
    ]);
  });

  it('cannot be withdrawn before it was earned, nor by the id of another time', () => {
    expect(decided(earned, [], withdraw('ach_x'))).toEqual([]);
    const late = decided(earned, [], earn, withdraw('ach_x'), earn, withdraw('ach_x'));
    expect(late).toHaveLength(3);
  });
});

const kinds = (stated: readonly PostingFact[]): readonly string[] => stated.map(({ kind }) => kind);

describe('a posting', () => {
  const post: PostingCommand = {
    type: 'post',
    postingId: 'pst_1',
    cause: 'crd_1',
    posting: {
      kind: 'earned',
      credit: { system: 'ECTS', value: 2.5 },
      institution: 'uni',
      title: 'Data literacy',
      basis: ['crd_1'],
    },
  };
  const reverse: PostingCommand = {
    type: 'reverse',
    postingId: 'pst_1',
    reversalId: 'pst_2',
    cause: 'crd_1',
  };

  it('is posted once and reversed once by a posting of its own', () => {
    const stated = decided(posting, [], post, post, reverse, reverse);
    expect(kinds(stated)).toEqual(['credit-posted', 'credit-reversed']);
    expect(stated[1]?.data).toEqual({ postingId: 'pst_2', reverses: 'pst_1', cause: 'crd_1' });
  });

  it('cannot be reversed before it was posted, nor posted again after', () => {
    expect(decided(posting, [], reverse)).toEqual([]);
    expect(kinds(decided(posting, [], post, reverse, post))).toHaveLength(2);
  });
});
