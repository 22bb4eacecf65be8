import { describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { type Said, type Sent, Workload } from '../workload.js';
import {
  aliasesOf,
  checkCredentials,
  checkEarned,
  holdingsOf,
  type Opened,
  whatCounts,
} from './earned.js';
import type { Entry } from './ledger.js';

const EXAM = 'https://chaos.example/exam';
const learning = (id: string, exam: number, score: number, supersedes?: string): Sent => ({
  source: 's',
  id,
  body: {},
  says: {
    is: 'learning',
    learner: 'ada',
    activity: `${EXAM}/${exam}`,
    score,
    ...(supersedes === undefined ? {} : { supersedes }),
  } satisfies Said,
});
const voiding = (id: string, target: string): Sent => ({
  source: 's',
  id,
  body: {},
  says: { is: 'void', target },
});
const held = (...sent: readonly Sent[]): string =>
  [...holdingsOf(whatCounts(sent).get('ada') ?? [])].toSorted().join();

describe('what somebody holds', () => {
  it.each<[string, readonly Sent[], string]>([
    ['nothing for nothing', [], ''],
    ['what was passed', [learning('a', 1, 0.5)], 'chaos-exam-1'],
    ['not what was failed', [learning('a', 1, 0.49)], ''],
    ['the correction', [learning('a', 1, 0.9), learning('b', 1, 0.2, 'a')], ''],
    ['a correction that came first', [learning('b', 1, 0.2, 'a'), learning('a', 1, 0.9)], ''],
    ['not what was taken back', [voiding('v', 'a'), learning('a', 1, 0.9)], ''],
    [
      'what was before a correction that was taken back',
      [learning('a', 1, 0.9), learning('b', 1, 0.2, 'a'), voiding('v', 'b')],
      'chaos-exam-1',
    ],
    [
      'a correction of what was taken back',
      [learning('a', 1, 0.2), learning('b', 1, 0.9, 'a'), voiding('v', 'a')],
      'chaos-exam-1',
    ],
    [
      'two of four',
      [learning('a', 3, 0.9), learning('b', 4, 0.9)],
      'chaos-exam-3,chaos-two-of-four',
    ],
  ])('is %s', (_, sent, expected) => {
    expect(held(...sent)).toBe(expected);
  });

  it('does not depend on the order in which it was sent', () => {
    const all = new Workload('s', new Random(5)).next(3_000);
    const [ordered, reversed] = [all, all.toReversed()].map((sent) =>
      [...whatCounts(sent)].map(([who, counts]) => [who, [...holdingsOf(counts)].toSorted()]),
    );
    expect(new Map(ordered as never)).toEqual(new Map(reversed as never));
  });
});

let seq = 0;
const entry = (kind: string, data: Entry['data'], alias = 'urn:lrn:a'): Entry => {
  seq += 1;
  return { log: 'l', seq, id: `evt_${seq}`, kind, alias, data, leafHash: '' };
};
const earned = (earnedId: string, id: string, evidence: readonly string[]): Opened => ({
  entry: entry('achievement-earned', { earnedId }),
  personal: { definition: { id }, evidence },
});
const withdrawn = (earnedId: string): Opened => ({
  entry: entry('achievement-withdrawn', { earnedId }),
  personal: undefined,
});

describe('what was stated', () => {
  const event = entry('learning-event', { eventSource: 's', eventId: 'a' });
  const passed: Opened = { entry: event, personal: undefined };
  const aliases = new Map([['ada', 'urn:lrn:a']]);
  const counting = whatCounts([learning('a', 1, 0.9)]);
  const right = earned('e-1', 'chaos-exam-1', [event.id]);

  it('is what counts, also after a detour', () => {
    expect(checkEarned([passed, right], aliases, counting)).toEqual([]);
    const again = earned('e-2', 'chaos-exam-1', [event.id]);
    expect(checkEarned([passed, right, withdrawn('e-1'), again], aliases, counting)).toEqual([]);
  });
  it.each<[string, readonly Opened[], RegExp]>([
    ['too little', [passed], /holds \[\] and should hold \[chaos-exam-1\]/u],
    ['withdrawn', [passed, right, withdrawn('e-1')], /holds \[\]/u],
    ['too much', [passed, right, earned('e-2', 'chaos-exam-2', [event.id])], /exam-2\] and/u],
    ['there twice', [passed, right, earned('e-2', 'chaos-exam-1', [event.id])], /exam-1,chaos/u],
    ['on nothing', [passed, earned('e-1', 'chaos-exam-1', ['evt_x'])], /rests on evt_x/u],
  ])('is missed when it is %s', (_, opened, expected) => {
    expect(checkEarned(opened, aliases, counting)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('an alias', () => {
  const sent = new Map(
    [learning('a', 1, 1), learning('b', 2, 1)].map((each) => [`s ${each.id}`, each]),
  );
  it('is one for each learner', () => {
    const first = entry('learning-event', { eventSource: 's', eventId: 'a' });
    const second = entry('learning-event', { eventSource: 's', eventId: 'b' }, 'urn:lrn:b');
    expect(aliasesOf(sent, [first]).violations).toEqual([]);
    expect(aliasesOf(sent, [first, second]).violations).toEqual(['ada has two aliases']);
  });
});

describe('credentials', () => {
  const issued = (credentialId: string, basis: string): Entry =>
    entry('credential-issued', { credentialId, basis });
  const one = [entry('achievement-earned', { earnedId: 'e-1' }), issued('c-1', 'e-1')];
  const gone = entry('achievement-withdrawn', { earnedId: 'e-1' });
  const revoked = entry('credential-revoked', { credentialId: 'c-1' });

  it('are one for each achievement, revoked with it', () => {
    expect(checkCredentials(one)).toEqual([]);
    expect(checkCredentials([...one, gone, revoked])).toEqual([]);
  });
  it.each<[string, readonly Entry[], RegExp]>([
    ['one is missing', one.slice(0, 1), /credential for e-1 is missing/u],
    ['one is too much', one.slice(1), /credential for e-1 is too much/u],
    ['one is there twice', [...one, issued('c-2', 'e-1')], /issued for e-1 more than once/u],
    ['one stands still', [...one, gone], /revocation for e-1 is missing/u],
    ['one fell for nothing', [...one, revoked], /revocation for e-1 is too much/u],
  ])('are wrong when %s', (_, entries, expected) => {
    expect(checkCredentials(entries)).toEqual([expect.stringMatching(expected)]);
  });
});
