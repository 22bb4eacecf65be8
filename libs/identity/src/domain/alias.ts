import { type Decider, type DomainEvent, DomainError } from '#kernel';
import type { Fact } from '#contracts';

type Claimed = DomainEvent<'alias-claimed', Fact<'alias-claimed'>['data'], undefined>;
type Released = DomainEvent<'alias-released', Fact<'alias-released'>['data'], undefined>;
export type AliasEvent = Claimed | Released;

export type AliasCommand =
  /** Somebody holds a code of the provider's. */
  | {
      readonly type: 'claim';
      readonly person: string;
      readonly alias: string;
      readonly provider: string;
    }
  /** The learner gives it up. */
  | { readonly type: 'release'; readonly person: string; readonly now: string }
  /** The learner undoes that. */
  | { readonly type: 'restore'; readonly person: string; readonly now: string }
  /** The provider takes it back from whoever has it. */
  | { readonly type: 'take-back'; readonly now: string };

export interface AliasState {
  /** Whose it is. */
  readonly person: string | undefined;
  /** What was last claimed. */
  readonly claimed?: Fact<'alias-claimed'>['data'];
  /** The last release, if nobody has claimed it since. */
  readonly released?: Fact<'alias-released'>['data'];
}

/** So long can a learner undo a release. */
export const RESTORE_DAYS = 30;
const DAY_MS = 86_400_000;

/** Until when (RFC 3339) a release can be undone; undefined if it never can. */
export const restorableUntil = ({
  by,
  releasedAt,
}: Pick<Fact<'alias-released'>['data'], 'by' | 'releasedAt'>): string | undefined =>
  by === 'learner' && releasedAt !== undefined
    ? new Date(Date.parse(releasedAt) + RESTORE_DAYS * DAY_MS).toISOString()
    : undefined;

/**
 * Whose an alias is: nobody's, then one person's at a time. Claiming joins it to the person's other
 * aliases, releasing parts it from them; each can be undone by the other. Repeating changes nothing.
 * Errors: `account-claimed` (it is another person's); `not-found` for releasing what never was
 * theirs; `account-not-restorable` (taken back by the provider, too long ago, or never released).
 */
export const aliasDecider: Decider<AliasState, AliasCommand, AliasEvent> = {
  initial: { person: undefined },
  evolve: (state, event) =>
    event.kind === 'alias-claimed'
      ? { person: event.data.person, claimed: event.data }
      : { ...state, person: undefined, released: event.data },
  decide(command, state) {
    if (command.type === 'claim') return claim(command, state);
    if (command.type === 'release') return release(command, state);
    if (command.type === 'restore') return restore(command, state);
    return state.claimed && state.person !== undefined
      ? [released(state.claimed, 'provider', command.now)]
      : [];
  },
};

const claim = (
  { person: claimant, alias, provider }: Claimed['data'],
  { person }: AliasState,
): readonly AliasEvent[] => {
  const data = { person: claimant, alias, provider };
  if (person !== undefined && person !== data.person) throw new DomainError('account-claimed');
  return person === undefined ? [{ kind: 'alias-claimed', data }] : [];
};

const release = (
  { person, now }: { readonly person: string; readonly now: string },
  state: AliasState,
): readonly AliasEvent[] => {
  if (state.claimed?.person !== person) throw new DomainError('not-found');
  return state.person === undefined ? [] : [released(state.claimed, 'learner', now)];
};

const restore = (
  { person, now }: { readonly person: string; readonly now: string },
  state: AliasState,
): readonly AliasEvent[] => {
  if (state.person === person) return [];
  if (state.person !== undefined) throw new DomainError('account-claimed');
  const until = state.released && restorableUntil(state.released);
  if (!state.claimed || state.released?.person !== person || until === undefined || now > until)
    throw new DomainError('account-not-restorable');
  return [{ kind: 'alias-claimed', data: state.claimed }];
};

const released = (
  { person, alias }: Claimed['data'],
  by: 'learner' | 'provider',
  releasedAt: string,
): Released => ({ kind: 'alias-released', data: { person, alias, by, releasedAt } });
