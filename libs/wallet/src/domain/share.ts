import type { Fact } from '#contracts';
import { type Decider, DomainError } from '#kernel';

export type ShareFact =
  | (Pick<Fact<'share-created'>, 'kind' | 'data'> & {
      /** Absent once the learner was erased. */
      readonly personal?: Fact<'share-created'>['personal'] | undefined;
    })
  | (Pick<Fact<'share-stopped'>, 'kind' | 'data'> & { readonly personal?: undefined });

export type ShareCommand =
  | {
      readonly type: 'create';
      readonly shareId: string;
      readonly credentialIds: readonly string[];
      /** Those of the credentials that are the learner's. */
      readonly held: readonly string[];
      readonly until: string;
      readonly now: string;
    }
  | { readonly type: 'stop'; readonly now: string };

export interface ShareState {
  readonly shareId?: string;
  readonly until: string;
  /** Undefined before it was created and after the learner was erased. */
  readonly credentialIds?: readonly string[] | undefined;
  readonly stoppedAt?: string;
}

const sameMoment = (a: string, b: string): boolean => Date.parse(a) === Date.parse(b);

/**
 * A share: a link under which chosen credentials can be seen until a date, or until it is stopped.
 * Throws DomainError `share-date-past`, `credential-not-yours`; `not-found` for stopping what is
 * not there; `concurrent-change` for creating what is there with another content.
 */
export const share: Decider<ShareState, ShareCommand, ShareFact> = {
  initial: { until: '' },
  evolve: (state, event) =>
    event.kind === 'share-created'
      ? { ...event.data, credentialIds: event.personal?.credentialIds }
      : { ...state, stoppedAt: event.data.stoppedAt },
  decide: (command, state) => {
    if (command.type === 'stop') {
      const { shareId, stoppedAt } = state;
      if (shareId === undefined) throw new DomainError('not-found');
      if (stoppedAt !== undefined) return [];
      return [{ kind: 'share-stopped', data: { shareId, stoppedAt: command.now } }];
    }
    const { shareId, until, now, held } = command;
    const credentialIds = [...new Set(command.credentialIds)];
    if (state.shareId !== undefined) {
      const same = String(state.credentialIds) === String(credentialIds);
      if (same && sameMoment(state.until, until)) return [];
      throw new DomainError('concurrent-change');
    }
    if (!credentialIds.every((id) => held.includes(id)))
      throw new DomainError('credential-not-yours');
    if (!(Date.parse(until) > Date.parse(now))) throw new DomainError('share-date-past');
    const data = { shareId, until: new Date(until).toISOString() };
    return [{ kind: 'share-created', data, personal: { credentialIds } }];
  },
};

/** Whether a share can be seen: `open`, `stopped` by its owner, or `ended` by its date. */
export const shareStateAt = (
  { stoppedAt, until }: Pick<ShareState, 'stoppedAt' | 'until'>,
  now: Date,
): 'open' | 'stopped' | 'ended' => {
  if (stoppedAt !== undefined) return 'stopped';
  return now.getTime() < Date.parse(until) ? 'open' : 'ended';
};
