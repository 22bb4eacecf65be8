import { type Decider, type DomainEvent, DomainError } from '#kernel';
import type { Fact } from '#contracts';

type Merged = DomainEvent<'people-merged', Fact<'people-merged'>['data'], undefined>;
type Split = DomainEvent<'people-split', Fact<'people-split'>['data'], undefined>;
export type MergeEvent = Merged | Split;

export type MergeCommand =
  /** Who is signed in as `person` has shown that they are `merged`, too. */
  | {
      readonly type: 'merge';
      readonly person: string;
      readonly merged: string;
      readonly now: string;
    }
  | { readonly type: 'split'; readonly now: string };

export interface MergeState {
  /** Whom this person goes by; undefined for themselves. */
  readonly merged: Fact<'people-merged'>['data'] | undefined;
}

/**
 * Whom somebody who signed up more than once goes by. Nothing of theirs is moved, so a split gives
 * back what each had, and what each was given meanwhile. Repeating a merge changes nothing.
 * Errors: `concurrent-change` (they go by somebody else meanwhile), `not-found` (nothing to split),
 * `merge-with-oneself`.
 */
export const mergeDecider: Decider<MergeState, MergeCommand, MergeEvent> = {
  initial: { merged: undefined },
  evolve: (_, event) => ({ merged: event.kind === 'people-merged' ? event.data : undefined }),
  decide(command, { merged }) {
    if (command.type === 'split') {
      if (!merged) throw new DomainError('not-found');
      const data = { person: merged.person, merged: merged.merged, splitAt: command.now };
      return [{ kind: 'people-split', data }];
    }
    const { person, now } = command;
    if (person === command.merged) throw new DomainError('merge-with-oneself');
    if (merged?.person === person) return [];
    if (merged) throw new DomainError('concurrent-change');
    const data = { person, merged: command.merged, mergedAt: now };
    return [{ kind: 'people-merged', data }];
  },
};
