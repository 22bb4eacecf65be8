import { describe, expect, it } from '@jest/globals';
import { type Decider, DomainError, type DomainEvent } from '#kernel';
import { given } from './given.js';

type Opened = DomainEvent<'opened', { readonly by: string }>;
const door: Decider<boolean, { readonly by: string }, Opened> = {
  initial: false,
  evolve: () => true,
  decide: ({ by }, isOpen) => {
    if (by === '') throw new DomainError('invalid-input');
    return isOpen ? [] : [{ kind: 'opened', data: { by } }];
  },
};
const opened: Opened = { kind: 'opened', data: { by: 'a' } };

describe('given', () => {
  it('accepts what the decider says', () => {
    given(door).when({ by: 'a' }).then(opened);
    given(door, opened).when({ by: 'b' }).thenNothing();
    given(door).when({ by: '' }).thenThrows('invalid-input');
    expect(given(door).when({ by: 'a' }).state()).toBe(true);
  });

  it.each([
    ['other facts', () => given(door).when({ by: 'b' }).then(opened)],
    ['facts where there are none', () => given(door, opened).when({ by: 'a' }).then(opened)],
    ['none where there are facts', () => given(door).when({ by: 'a' }).thenNothing()],
    ['another broken rule', () => given(door).when({ by: '' }).thenThrows('not-found')],
    ['a broken rule where none is', () => given(door).when({ by: 'a' }).thenThrows('not-found')],
  ])('refuses %s', (_, check) => expect(check).toThrow());
});
