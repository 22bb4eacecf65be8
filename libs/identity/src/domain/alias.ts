import { type Decider, type DomainEvent, DomainError } from '#kernel';
import type { Fact } from '#contracts';

type Claimed = DomainEvent<'alias-claimed', Fact<'alias-claimed'>['data'], undefined>;
type Released = DomainEvent<'alias-released', Fact<'alias-released'>['data'], undefined>;
type TakenBack = DomainEvent<'account-taken-back', Fact<'account-taken-back'>['data'], undefined>;
type HandedOver = DomainEvent<
  'account-handed-over',
  Fact<'account-handed-over'>['data'],
  undefined
>;
export type AliasEvent = Claimed | Released | TakenBack | HandedOver;

/** Who asks: everybody who is one person, the one they go by first. */
type Persons = readonly [string, ...string[]];

export type AliasCommand =
  /** Somebody holds a code of the provider's, a statement it signed, or the key of the DID. */
  | {
      readonly type: 'claim';
      readonly persons: Persons;
      readonly alias: string;
      readonly provider: string;
      /** Who vouches for it: the provider, if nothing is said. */
      readonly by?: 'provider' | 'learner';
    }
  /** The learner gives it up. */
  | { readonly type: 'release'; readonly persons: Persons; readonly now: string }
  /** The learner undoes that. */
  | { readonly type: 'restore'; readonly persons: Persons; readonly now: string }
  /** The provider takes it back from whoever has it, or had it, or was about to. */
  | { readonly type: 'take-back'; readonly alias: string; readonly now: string }
  /** The provider gives the account's name to another person. */
  | ({ readonly type: 'hand-over' } & Fact<'account-handed-over'>['data']);

export interface AliasState {
  /** Whose it is. */
  readonly person: string | undefined;
  /** What was last claimed. */
  readonly claimed?: Fact<'alias-claimed'>['data'];
  /** The last release, if nobody has claimed it since. */
  readonly released?: Fact<'alias-released'>['data'];
  /** Whether its provider took it back, and nobody has claimed it since. */
  readonly isTakenBack?: boolean;
  /** Who has the account's name since. */
  readonly handedOver?: Fact<'account-handed-over'>['data'];
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
 * aliases, releasing parts it from them; each can be undone by the other. People who were merged are
 * one person here, and what was claimed as one of them stays claimed as that one. That the account's
 * name went to somebody else changes nothing about whose this alias is. Repeating changes nothing.
 * Errors: `account-claimed` (it is another person's); `not-found` for releasing what never was
 * theirs; `account-not-restorable` (taken back by the provider, too long ago, or never released;
 * also for claiming what the provider took back with no word of the provider's);
 * `account-handed-over` (at another time).
 */
export const aliasDecider: Decider<AliasState, AliasCommand, AliasEvent> = {
  initial: { person: undefined },
  evolve(state, event) {
    const { handedOver } = state;
    const kept = handedOver ? { handedOver } : {};
    if (event.kind === 'alias-claimed')
      return { person: event.data.person, claimed: event.data, ...kept };
    if (event.kind === 'alias-released')
      return {
        ...state,
        person: undefined,
        released: event.data,
        isTakenBack: event.data.by === 'provider',
      };
    if (event.kind === 'account-taken-back') return { ...state, isTakenBack: true };
    return { ...state, handedOver: event.data };
  },
  decide(command, state) {
    if (command.type === 'claim') return claim(command, state);
    if (command.type === 'release') return release(command, state);
    if (command.type === 'restore') return restore(command, state);
    if (command.type === 'hand-over') return handOver(command, state);
    return takeBack(command, state);
  },
};

const claim = (
  { persons, alias, provider, by = 'provider' }: Extract<AliasCommand, { type: 'claim' }>,
  { person, isTakenBack = false }: AliasState,
): readonly AliasEvent[] => {
  if (person !== undefined && !persons.includes(person)) throw new DomainError('account-claimed');
  // The provider has said that it is not theirs: only the provider can say that it is.
  if (person === undefined && by === 'learner' && isTakenBack)
    throw new DomainError('account-not-restorable');
  const data = { person: persons[0], alias, provider };
  return person === undefined ? [{ kind: 'alias-claimed', data }] : [];
};

const release = (
  { persons, now }: Extract<AliasCommand, { type: 'release' }>,
  state: AliasState,
): readonly AliasEvent[] => {
  if (!state.claimed || !persons.includes(state.claimed.person)) throw new DomainError('not-found');
  return state.person === undefined ? [] : [released(state.claimed, 'learner', now)];
};

const restore = (
  { persons, now }: Extract<AliasCommand, { type: 'restore' }>,
  state: AliasState,
): readonly AliasEvent[] => {
  const isTheirs = (person: string | undefined): boolean =>
    person !== undefined && persons.includes(person);
  if (isTheirs(state.person)) return [];
  if (state.person !== undefined) throw new DomainError('account-claimed');
  const until = state.released && restorableUntil(state.released);
  const isOver = state.isTakenBack === true || until === undefined || now > until;
  if (!state.claimed || !isTheirs(state.released?.person) || isOver)
    throw new DomainError('account-not-restorable');
  return [{ kind: 'alias-claimed', data: state.claimed }];
};

/** Stated also where nobody has it: it is not theirs either who had it, or claim it by their word. */
const takeBack = (
  { alias, now }: Extract<AliasCommand, { type: 'take-back' }>,
  { person, claimed, isTakenBack = false }: AliasState,
): readonly AliasEvent[] => {
  if (claimed && person !== undefined) return [released(claimed, 'provider', now)];
  return isTakenBack ? [] : [{ kind: 'account-taken-back', data: { alias, takenBackAt: now } }];
};

const handOver = (
  { alias, next, provider, from }: Extract<AliasCommand, { type: 'hand-over' }>,
  { handedOver }: AliasState,
): readonly AliasEvent[] => {
  if (!handedOver) return [{ kind: 'account-handed-over', data: { alias, next, provider, from } }];
  if (Date.parse(handedOver.from) !== Date.parse(from))
    throw new DomainError('account-handed-over');
  return [];
};

const released = (
  { person, alias }: Claimed['data'],
  by: 'learner' | 'provider',
  releasedAt: string,
): Released => ({ kind: 'alias-released', data: { person, alias, by, releasedAt } });
