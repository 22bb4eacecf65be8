import type { Fact } from '#contracts';
import type { Decider } from '#kernel';

export type EarnedFact =
  | Pick<Fact<'achievement-earned'>, 'kind' | 'data' | 'personal'>
  | (Pick<Fact<'achievement-withdrawn'>, 'kind' | 'data'> & { readonly personal?: undefined });

export type EarnedCommand =
  | {
      readonly type: 'earn';
      /** Derived from the alias and the definition: the id of the first time it is earned. */
      readonly id: string;
      readonly earning: Fact<'achievement-earned'>['personal'];
    }
  | {
      readonly type: 'withdraw';
      readonly earnedId: string;
      readonly reason: Fact<'achievement-withdrawn'>['data']['reason'];
    };

export interface EarnedState {
  /** How often it has been earned. */
  readonly times: number;
  /** What is held now, if anything. */
  readonly earnedId?: string | undefined;
}

/**
 * One learner alias and one achievement: earned, withdrawn when it no longer holds, earned anew
 * under an id of its own (`…-2`), so that a new credential is issued.
 */
export const earned: Decider<EarnedState, EarnedCommand, EarnedFact> = {
  initial: { times: 0 },
  evolve: ({ times }, event) =>
    event.kind === 'achievement-earned'
      ? { times: times + 1, earnedId: event.data.earnedId }
      : { times },
  decide: (command, { times, earnedId }) => {
    if (command.type === 'withdraw')
      return earnedId === command.earnedId
        ? [{ kind: 'achievement-withdrawn', data: { earnedId, reason: command.reason } }]
        : [];
    if (earnedId !== undefined) return [];
    const next = times === 0 ? command.id : `${command.id}-${times + 1}`;
    return [{ kind: 'achievement-earned', data: { earnedId: next }, personal: command.earning }];
  },
};
