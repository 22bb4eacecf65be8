import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError, fold } from '#kernel';
import { type MergeCommand, mergeDecider, type MergeEvent } from './merge.js';

const NOW = '2026-06-01T08:00:00.000Z';
const merge = (person: string): MergeCommand => ({
  type: 'merge',
  person,
  merged: 'per_b',
  now: NOW,
});
const split: MergeCommand = { type: 'split', now: NOW };
const merged = (person: string): MergeEvent => ({
  kind: 'people-merged',
  data: { person, merged: 'per_b', mergedAt: NOW },
});
const parted = (person: string): MergeEvent => ({
  kind: 'people-split',
  data: { person, merged: 'per_b', splitAt: NOW },
});
const decide = (command: MergeCommand, ...given: readonly MergeEvent[]) =>
  mergeDecider.decide(command, fold(mergeDecider, given));
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};

describe('a person who signed up again', () => {
  it('goes by the other, and again without a change', () => {
    expect(decide(merge('per_a'))).toEqual([merged('per_a')]);
    expect(decide(merge('per_a'), merged('per_a'))).toEqual([]);
  });

  it('stands for themselves again, and may go by another then', () => {
    expect(decide(split, merged('per_a'))).toEqual([parted('per_a')]);
    expect(decide(merge('per_c'), merged('per_a'), parted('per_a'))).toEqual([merged('per_c')]);
  });

  it.each<[string, string, MergeCommand, readonly MergeEvent[]]>([
    ['go by themselves', 'merge-with-oneself', merge('per_b'), []],
    ['go by two', 'concurrent-change', merge('per_c'), [merged('per_a')]],
    ['be parted from nobody', 'not-found', split, []],
    ['be parted twice', 'not-found', split, [merged('per_a'), parted('per_a')]],
  ])('cannot %s', (_, code, command, given) => {
    expect(codeOf(() => decide(command, ...given))).toBe(code);
  });

  it('goes by one person at a time, and every event changes by whom', () => {
    const commands = fc.constantFrom(merge('per_a'), merge('per_b'), merge('per_c'), split);
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 20 }), (sequence) => {
        let history: readonly MergeEvent[] = [];
        const goesBy = () => fold(mergeDecider, history).merged?.person;
        for (const command of sequence) {
          const before = goesBy();
          try {
            const events = decide(command, ...history);
            history = [...history, ...events];
            expect(goesBy() === before).toBe(events.length === 0);
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          const after = goesBy();
          if (before !== undefined && after !== undefined) expect(after).toBe(before);
          expect(after).not.toBe('per_b');
        }
      }),
    );
  });
});
