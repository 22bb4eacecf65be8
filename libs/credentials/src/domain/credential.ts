import { type Decider, DomainError } from '#kernel';
import type { Fact } from '#contracts';

type Issued = Pick<Fact<'credential-issued'>, 'kind' | 'data' | 'personal'>;
type Revoked = Pick<Fact<'credential-revoked'>, 'kind' | 'data'> & {
  readonly personal?: undefined;
};
export type CredentialFact = Issued | Revoked;

export type CredentialCommand =
  | { readonly type: 'issue'; readonly issued: Omit<Issued, 'kind'> }
  /** The issuer asks. */
  | {
      readonly type: 'revoke';
      readonly issuer: string;
      readonly reason: string;
      readonly revokedAt: string;
    }
  /** What it certified no longer holds. */
  | { readonly type: 'withdraw'; readonly reason: string; readonly revokedAt: string };

export interface CredentialState {
  readonly issued?: Fact<'credential-issued'>['data'];
  readonly revoked: boolean;
}

/**
 * One credential: issued once, revoked at most once. A policy may repeat `issue` and `withdraw`;
 * `revoke` tells who asks what is wrong.
 * Errors of `revoke`: `credential-unknown` (none, or of another issuer), `already-revoked`.
 */
export const credential: Decider<CredentialState, CredentialCommand, CredentialFact> = {
  initial: { revoked: false },
  evolve: (state, event) =>
    event.kind === 'credential-issued'
      ? { ...state, issued: event.data }
      : { ...state, revoked: true },
  decide(command, { issued, revoked }) {
    if (command.type === 'issue')
      return issued ? [] : [{ kind: 'credential-issued', ...command.issued }];
    if (command.type === 'withdraw') return !issued || revoked ? [] : [revocation(issued, command)];
    if (issued?.issuer !== command.issuer) throw new DomainError('credential-unknown');
    if (revoked) throw new DomainError('already-revoked');
    return [revocation(issued, command)];
  },
};

const revocation = (
  { credentialId, issuer, statusListId, statusListIndex }: Fact<'credential-issued'>['data'],
  { reason, revokedAt }: { readonly reason: string; readonly revokedAt: string },
): Revoked => ({
  kind: 'credential-revoked',
  data: { credentialId, issuer, statusListId, statusListIndex, reason, revokedAt },
});
