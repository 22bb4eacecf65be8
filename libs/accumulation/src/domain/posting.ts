import type { Fact } from '#contracts';
import type { Decider } from '#kernel';

export type PostingFact =
  | Pick<Fact<'credit-posted'>, 'kind' | 'data' | 'personal'>
  | (Pick<Fact<'credit-reversed'>, 'kind' | 'data'> & { readonly personal?: undefined });

export type PostingCommand =
  | {
      readonly type: 'post';
      readonly postingId: string;
      /** The credential issued or the case decided. */
      readonly cause: string;
      readonly posting: Fact<'credit-posted'>['personal'];
    }
  | {
      readonly type: 'reverse';
      readonly postingId: string;
      /** Id of the posting that takes it back. */
      readonly reversalId: string;
      /** The credential that was revoked. */
      readonly cause: string;
    };

export type PostingState = 'none' | 'posted' | 'reversed';

/** Credit on a learner's account. It is never edited: what falls is taken back by a new posting. */
export const posting: Decider<PostingState, PostingCommand, PostingFact> = {
  initial: 'none',
  evolve: (_, { kind }) => (kind === 'credit-posted' ? 'posted' : 'reversed'),
  decide: (command, state) => {
    if (command.type === 'post') {
      const { postingId, cause, posting: personal } = command;
      return state === 'none'
        ? [{ kind: 'credit-posted', data: { postingId, cause }, personal }]
        : [];
    }
    const { postingId: reverses, reversalId: postingId, cause } = command;
    return state === 'posted'
      ? [{ kind: 'credit-reversed', data: { postingId, reverses, cause } }]
      : [];
  },
};
