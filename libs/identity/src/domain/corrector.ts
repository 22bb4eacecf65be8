import { type Decider, type DomainEvent, DomainError } from '#kernel';
import type { Fact } from '#contracts';

type Named = DomainEvent<'corrector-named', Fact<'corrector-named'>['data'], undefined>;
type Dismissed = DomainEvent<'corrector-dismissed', Fact<'corrector-dismissed'>['data'], undefined>;
type CorrectorEvent = Named | Dismissed;

interface Pair {
  readonly provider: string;
  readonly corrector: string;
}
export type CorrectorCommand =
  | (Pair & { readonly type: 'name'; readonly sources: readonly string[] })
  | (Pair & { readonly type: 'dismiss' });

interface CorrectorState {
  /** What it may correct now; undefined for nothing. */
  readonly sources: readonly string[] | undefined;
}

/**
 * Whether one client may correct for another, and what: naming it again says anew for which sources.
 * Repeating either changes nothing. Errors: `invalid-input` for a provider that names itself.
 */
export const correctorDecider: Decider<CorrectorState, CorrectorCommand, CorrectorEvent> = {
  initial: { sources: undefined },
  evolve: (_, event) => ({
    sources: event.kind === 'corrector-named' ? event.data.sources : undefined,
  }),
  decide(command, { sources }) {
    const { provider, corrector } = command;
    if (provider === corrector)
      throw new DomainError('invalid-input', 'You may correct what is yours anyway.');
    if (command.type === 'dismiss') {
      if (!sources) return [];
      return [{ kind: 'corrector-dismissed', data: { provider, corrector } }];
    }
    const wanted = [...new Set(command.sources)].toSorted();
    if (JSON.stringify(wanted) === JSON.stringify(sources)) return [];
    return [{ kind: 'corrector-named', data: { provider, corrector, sources: wanted } }];
  },
};
