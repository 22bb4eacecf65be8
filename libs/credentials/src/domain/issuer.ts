import type { Decider } from '#kernel';
import type { Fact } from '#contracts';

type KeyCreated = Pick<Fact<'issuer-key-created'>, 'kind' | 'data'> & {
  readonly personal?: undefined;
};

export type IssuerCommand = Fact<'issuer-key-created'>['data'];

export interface IssuerState {
  readonly keyIds: readonly string[];
}

/** An issuer's keys. None is ever taken back: what it signed must verify for good. */
export const issuer: Decider<IssuerState, IssuerCommand, KeyCreated> = {
  initial: { keyIds: [] },
  evolve: ({ keyIds }, { data }) => ({ keyIds: [...keyIds, data.keyId] }),
  decide: (key, { keyIds }) =>
    keyIds.includes(key.keyId) ? [] : [{ kind: 'issuer-key-created', data: key }],
};
