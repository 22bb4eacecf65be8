import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError, fold } from '#kernel';
import type { Client } from '#contracts';
import { type AliasCommand, aliasDecider, type AliasEvent } from './alias.js';
import { clientDecider } from './client.js';

const client: Client = {
  id: 'aurora',
  name: 'Aurora Open University',
  type: 'university',
  country: 'ES',
  homePage: 'https://aurora.example',
  sources: ['urn:llcl:aurora:moodle'],
  learningContext: 'formal',
  highestAssurance: 'quality-assured',
  recognises: true,
};
const register = { client, basicKeySha256: 'b', secretSha256: 's' };
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};

describe('a client', () => {
  it('is registered once', () => {
    const events = clientDecider.decide(register, clientDecider.initial);
    expect(events).toEqual([{ kind: 'client-registered', data: register }]);
    const state = fold(clientDecider, events);
    expect(codeOf(() => clientDecider.decide(register, state))).toBe('client-exists');
  });

  it('cannot take the name under which self-reports are filed', () => {
    const self = { ...register, client: { ...client, id: 'self', sources: [] } };
    expect(codeOf(() => clientDecider.decide(self, clientDecider.initial))).toBe('client-exists');
  });

  it.each([
    ['urn:llcl:other:moodle'],
    ['urn:llcl:aurora2:moodle'],
    ['urn:llcl:auror:a'],
    ['urn:llcl:aurora:for.uni.lms'],
  ])('may not have the source %s', (source) => {
    const foreign = { ...register, client: { ...client, sources: [source] } };
    expect(codeOf(() => clientDecider.decide(foreign, clientDecider.initial))).toBe(
      'invalid-input',
    );
  });
});

describe('an alias', () => {
  const NOW = '2026-06-01T08:00:00.000Z';
  const account = { alias: 'urn:lrn:a', provider: 'aurora' };
  const claim = (person: string): AliasCommand => ({
    type: 'claim',
    persons: [person],
    ...account,
  });
  const release = (person: string, now = NOW): AliasCommand => ({
    type: 'release',
    persons: [person],
    now,
  });
  const restore = (person: string, now = NOW): AliasCommand => ({
    type: 'restore',
    persons: [person],
    now,
  });
  const takeBack: AliasCommand = { type: 'take-back', alias: account.alias, now: NOW };
  const takenBack: AliasEvent = {
    kind: 'account-taken-back',
    data: { alias: account.alias, takenBackAt: NOW },
  };
  const claimed = (person: string): AliasEvent => ({
    kind: 'alias-claimed',
    data: { person, ...account },
  });
  const released = (person: string, by: 'learner' | 'provider' = 'learner'): AliasEvent => ({
    kind: 'alias-released',
    data: { person, alias: account.alias, by, releasedAt: NOW },
  });
  const given = (...events: readonly AliasEvent[]) => fold(aliasDecider, events);
  const decide = (command: AliasCommand, ...events: readonly AliasEvent[]) =>
    aliasDecider.decide(command, given(...events));

  it('that its provider took back is claimed by the provider’s word, not by the learner’s alone', () => {
    const byLearner: AliasCommand = { type: 'claim', persons: ['a'], ...account, by: 'learner' };
    expect(decide(byLearner)).toEqual([claimed('a')]);
    expect(decide(byLearner, claimed('a'), released('a'))).toEqual([claimed('a')]);
    const taken = [claimed('a'), released('a', 'provider')] as const;
    expect(codeOf(() => decide(byLearner, ...taken))).toBe('account-not-restorable');
    expect(decide(claim('a'), ...taken)).toEqual([claimed('a')]);
    // Claimed by the provider's word since: what was taken back before is over.
    expect(decide(byLearner, ...taken, claimed('a'))).toEqual([]);
    expect(decide(byLearner, ...taken, claimed('a'), released('a'))).toEqual([claimed('a')]);
    expect(codeOf(() => decide(byLearner, ...taken, claimed('b')))).toBe('account-claimed');
  });

  it('becomes one of the person who claims it, and again without a change', () => {
    expect(decide(claim('per_a'))).toEqual([claimed('per_a')]);
    expect(decide(claim('per_a'), claimed('per_a'))).toEqual([]);
  });

  it('is given up, and again without a change', () => {
    expect(decide(release('per_a'), claimed('per_a'))).toEqual([released('per_a')]);
    expect(decide(release('per_a'), claimed('per_a'), released('per_a'))).toEqual([]);
  });

  it('can be claimed anew once it was released, by anybody', () => {
    const history = [claimed('per_a'), released('per_a')];
    expect(decide(claim('per_b'), ...history)).toEqual([claimed('per_b')]);
    expect(decide(claim('per_a'), ...history)).toEqual([claimed('per_a')]);
  });

  it('is taken up again by who gave it up, and again without a change', () => {
    const history = [claimed('per_a'), released('per_a')];
    expect(decide(restore('per_a'), ...history)).toEqual([claimed('per_a')]);
    expect(decide(restore('per_a'), ...history, claimed('per_a'))).toEqual([]);
  });

  it('is taken back by its provider, from whoever has it, or from nobody', () => {
    expect(decide(takeBack, claimed('per_a'))).toEqual([released('per_a', 'provider')]);
    expect(decide(takeBack)).toEqual([takenBack]);
    expect(decide(takeBack, claimed('per_a'), released('per_a'))).toEqual([takenBack]);
  });

  it.each<[string, readonly AliasEvent[]]>([
    ['while nobody had claimed it', [takenBack]],
    ['once it was given up', [claimed('per_a'), released('per_a'), takenBack]],
    ['once others had it, too', [claimed('per_b'), released('per_b'), takenBack]],
    ['from who had it', [claimed('per_a'), released('per_a', 'provider')]],
  ])('that was taken back %s is nobody’s but by the provider’s word', (_, history) => {
    const byLearner: AliasCommand = {
      type: 'claim',
      persons: ['per_a'],
      ...account,
      by: 'learner',
    };
    expect(given(...history).person).toBeUndefined();
    for (const command of [byLearner, restore('per_a')])
      expect(codeOf(() => decide(command, ...history))).toBe('account-not-restorable');
    // Said twice, it is stated once.
    expect(decide(takeBack, ...history)).toEqual([]);
    // A code or statement given anew.
    expect(decide(claim('per_a'), ...history)).toEqual([claimed('per_a')]);
    const anew = [...history, claimed('per_a')];
    expect(decide(byLearner, ...anew)).toEqual([]);
    expect(decide(restore('per_a'), ...anew, released('per_a'))).toEqual([claimed('per_a')]);
    expect(decide(byLearner, ...anew, released('per_a'))).toEqual([claimed('per_a')]);
    expect(decide(takeBack, ...anew)).toEqual([released('per_a', 'provider')]);
  });

  it('stays taken back when the account’s name goes to somebody else', () => {
    const byLearner: AliasCommand = {
      type: 'claim',
      persons: ['per_a'],
      ...account,
      by: 'learner',
    };
    expect(codeOf(() => decide(byLearner, takenBack, handedOver))).toBe('account-not-restorable');
    expect(decide(takeBack, takenBack, handedOver)).toEqual([]);
    expect(decide(takeBack, handedOver)).toEqual([takenBack]);
  });

  it.each<[string, string, AliasCommand, readonly AliasEvent[]]>([
    ['claimed by a second person', 'account-claimed', claim('per_b'), [claimed('per_a')]],
    ['given up by another person', 'not-found', release('per_b'), [claimed('per_a')]],
    ['given up by nobody', 'not-found', release('per_b'), []],
    [
      'given up by who had it before',
      'not-found',
      release('per_a'),
      [claimed('per_a'), released('per_a'), claimed('per_b')],
    ],
    ['restored where nothing was', 'account-not-restorable', restore('per_a'), []],
    [
      'restored by who never had it',
      'account-not-restorable',
      restore('per_b'),
      [claimed('per_a'), released('per_a')],
    ],
    [
      'restored against its provider',
      'account-not-restorable',
      restore('per_a'),
      [claimed('per_a'), released('per_a', 'provider')],
    ],
    [
      'restored when another has it',
      'account-claimed',
      restore('per_a'),
      [claimed('per_a'), released('per_a'), claimed('per_b')],
    ],
    [
      'restored by who had it before another',
      'account-not-restorable',
      restore('per_a'),
      [claimed('per_a'), released('per_a'), claimed('per_b'), released('per_b')],
    ],
    [
      'restored after 30 days',
      'account-not-restorable',
      restore('per_a', '2026-07-01T08:00:00.001Z'),
      [claimed('per_a'), released('per_a')],
    ],
  ])('cannot be %s', (_, code, command, history) => {
    expect(codeOf(() => decide(command, ...history))).toBe(code);
  });

  it('can be restored on the last of 30 days', () => {
    const late = restore('per_a', '2026-07-01T08:00:00.000Z');
    expect(decide(late, claimed('per_a'), released('per_a'))).toHaveLength(1);
  });

  const handOver = (from = NOW): AliasCommand => ({
    type: 'hand-over',
    ...account,
    next: 'urn:lrn:b',
    from,
  });
  const handedOver: AliasEvent = {
    kind: 'account-handed-over',
    data: { ...account, next: 'urn:lrn:b', from: NOW },
  };
  const asked = (type: 'release' | 'restore', ...persons: [string, ...string[]]): AliasCommand => ({
    type,
    persons,
    now: NOW,
  });

  it('stays whose it was when the account’s name goes to somebody else', () => {
    expect(decide(handOver(), claimed('per_a'))).toEqual([handedOver]);
    expect(decide(handOver())).toEqual([handedOver]);
    expect(given(claimed('per_a'), handedOver).person).toBe('per_a');
    expect(decide(release('per_a'), claimed('per_a'), handedOver)).toEqual([released('per_a')]);
    expect(decide(claim('per_b'), handedOver)).toEqual([claimed('per_b')]);
  });

  it('is handed over once, at one time', () => {
    const later = [handedOver, claimed('per_a'), released('per_a')];
    expect(decide(handOver(), ...later)).toEqual([]);
    expect(decide(handOver('2026-06-01T10:00:00.000+02:00'), ...later)).toEqual([]);
    expect(codeOf(() => decide(handOver('2026-07-01T08:00:00.000Z'), ...later))).toBe(
      'account-handed-over',
    );
  });

  it('is as much theirs as that of anybody they are one with', () => {
    const together: AliasCommand = { type: 'claim', persons: ['per_b', 'per_a'], ...account };
    expect(decide(together, claimed('per_a'))).toEqual([]);
    expect(decide(together)).toEqual([claimed('per_b')]);
    expect(decide(asked('release', 'per_b', 'per_a'), claimed('per_a'))).toEqual([
      released('per_a'),
    ]);
    // Taken up again as the one who gave it up, so that a split finds it there.
    expect(decide(asked('restore', 'per_b', 'per_a'), claimed('per_a'), released('per_a'))).toEqual(
      [claimed('per_a')],
    );
    expect(codeOf(() => decide(together, claimed('per_c')))).toBe('account-claimed');
    expect(codeOf(() => decide(asked('release', 'per_b', 'per_c'), claimed('per_a')))).toBe(
      'not-found',
    );
  });

  it('belongs to one person at a time, and every event but a take-back changes whose it is', () => {
    const commands = fc.constantFrom(
      ...['per_a', 'per_b'].flatMap((person) => [claim(person), release(person), restore(person)]),
      takeBack,
    );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 20 }), (sequence) => {
        let history: readonly AliasEvent[] = [];
        for (const command of sequence) {
          const before = given(...history).person;
          const events = (() => {
            try {
              return decide(command, ...history);
            } catch (error) {
              if (error instanceof DomainError) return [];
              throw error;
            }
          })();
          history = [...history, ...events];
          const after = given(...history).person;
          const changes = events.filter(({ kind }) => kind !== 'account-taken-back');
          expect(after === before).toBe(changes.length === 0);
          if (before !== undefined && after !== undefined) expect(after).toBe(before);
        }
      }),
    );
  });
});
