import { z } from 'zod';
import { Client } from '../client.js';
import { LearnerIdentity } from '../learning-event.js';

const Time = z.iso.datetime({ offset: true });
const Code = z.string().min(4).max(64);

/** When the account was theirs, where its name has been given to another person since. */
const at = Time.optional();

export const ClaimCodeRequest = z
  .strictObject({ learner: LearnerIdentity, at })
  .meta({ id: 'ClaimCodeRequest' });
export const ClaimCode = z.object({ code: z.string(), expiresAt: Time }).meta({ id: 'ClaimCode' });
export const ClaimByCode = z.strictObject({ code: Code }).meta({ id: 'ClaimByCode' });
const ClaimByAssertion = z
  .strictObject({ assertion: z.string().min(1).max(8192) })
  .meta({ id: 'ClaimByAssertion' });
export const ClaimByDid = z
  .strictObject({
    didProof: z.string().min(1).max(8192),
    /** Whose events of the DID become theirs: the id of a client. */
    provider: Client.shape.id,
  })
  .meta({ id: 'ClaimByDid' });
/**
 * POST /v1/me/claims: a code of the provider's, or a JWT (RFC 7519) that it signed with a key that
 * is registered for it: header `typ` "account+jwt"; claims `iss` (its client id), `aud` (our
 * address), `iat`, `exp`, `jti`, `nonce` (from POST /v1/me/claim-nonces), `learner` (as in events); or
 * a JWT that the learner signed with the key of their DID: header `typ` "did-proof+jwt", `kid` (the
 * key's DID URL); claims `iss` (the DID), `aud`, `iat`, `exp`, `nonce`.
 */
export const ClaimRequest = z
  .union([ClaimByCode, ClaimByAssertion, ClaimByDid])
  .meta({ id: 'ClaimRequest' });
/** What the provider or the learner signs, so that it is of use to this learner only. */
export const ClaimNonce = z
  .object({ nonce: z.string(), audience: z.string(), expiresAt: Time })
  .meta({ id: 'ClaimNonce' });
export const Claim = z
  .object({
    id: z.string(),
    provider: z.string(),
    providerName: z.string(),
    claimedAt: Time,
    state: z.enum(['claimed', 'released']),
    releasedAt: Time.optional(),
    /** Until when the learner can undo the release. */
    restorableUntil: Time.optional(),
  })
  .meta({ id: 'Claim' });
export type Claim = z.infer<typeof Claim>;
export const Claims = z.object({ data: z.array(Claim) });
/** POST /v1/account-releases: the account as the provider knows it. */
export const AccountReleaseRequest = z
  .strictObject({ learner: LearnerIdentity, at })
  .meta({ id: 'AccountReleaseRequest' });
export const AccountRelease = z.object({ released: z.boolean() }).meta({ id: 'AccountRelease' });
/** POST /v1/account-handovers: from when on the account is another person's. */
export const AccountHandoverRequest = z
  .strictObject({ learner: LearnerIdentity, from: Time })
  .meta({ id: 'AccountHandoverRequest' });
export const AccountHandover = z
  .object({ from: Time, handedOver: z.boolean() })
  .meta({ id: 'AccountHandover' });

/** POST /v1/me/merge-codes: proves who asked for it to whoever enters it. */
export const MergeCode = z.object({ code: z.string(), expiresAt: Time }).meta({ id: 'MergeCode' });
export const MergeRequest = z.strictObject({ code: Code }).meta({ id: 'MergeRequest' });
/** Another record of the same person, which has become part of this one. */
export const Merge = z.object({ id: z.string(), mergedAt: Time }).meta({ id: 'Merge' });
export type Merge = z.infer<typeof Merge>;
export const Merges = z.object({ data: z.array(Merge) });
