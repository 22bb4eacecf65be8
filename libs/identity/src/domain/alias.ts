import { type Decider, type DomainEvent, DomainError } from '#kernel';
import type { Fact } from '#contracts';

type Claimed = DomainEvent<'alias-claimed', Fact<'alias-claimed'>['data'], undefined>;
type Released = DomainEvent<'alias-released', Fact<'alias-released'>['data'], undefined>;
export type AliasEvent = Claimed | Released;

export interface ClaimAlias {
  readonly person: string;
  readonly alias: string;
  readonly provider: string;
}

export interface AliasState {
  readonly person: string | undefined;
}

/** Whose an alias is. One person at a time; claiming it again changes nothing. */
export const aliasDecider: Decider<AliasState, ClaimAlias, AliasEvent> = {
  initial: { person: undefined },
  evolve: (_, event) => ({
    person: event.kind === 'alias-claimed' ? event.data.person : undefined,
  }),
  decide({ person, alias, provider }, state) {
    if (state.person === person) return [];
    if (state.person !== undefined) throw new DomainError('claim-code-invalid');
    return [{ kind: 'alias-claimed', data: { person, alias, provider } }];
  },
};
