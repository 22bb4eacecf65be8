import { Inject, Injectable } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { Clock, DomainError, PublicUrl } from '#kernel';
import { Challenges } from './challenges.js';
import { keyOfDid } from './did-keys.js';
import type { Persons } from './people.js';
import { invalid, verifySigned } from './signed.js';

/** RFC 8725 §3.11: nothing else that a wallet signs can be taken for a proof. */
const TYPE = 'did-proof+jwt';
const Proof = z.object({ exp: z.number(), nonce: z.string().max(128) });
const DID_MAX = 2048;
/** No client has this id: names of nonces and of providers' statements never meet. */
const USED_BY = 'did:';

/**
 * Proofs by a DID's own key that it belongs to whoever was given a nonce: JWTs (RFC 7519), good once
 * and for one person. Only DIDs that say their key themselves, so nothing is fetched.
 */
@Injectable()
export class DidProofs {
  constructor(
    private readonly challenges: Challenges,
    private readonly publicUrl: PublicUrl,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Checks a proof and uses up its nonce. Out: the DID. Throws DomainError `did-proof-invalid`,
   * `did-method-unsupported`, `did-proof-audience-wrong`, `did-proof-expired`,
   * `did-proof-not-for-you`, `did-proof-used`.
   */
  async use(proof: string, persons: Persons): Promise<string> {
    const { kid, did } = namedIn(proof);
    const { id, key, algorithms } = keyOfDid(did);
    if (kid !== id) throw invalid('did-proof', '"kid" does not name the key of the DID.');
    const payload = await verifySigned(proof, () => key, {
      kind: 'did-proof',
      issuer: did,
      audience: this.publicUrl.href,
      typ: TYPE,
      algorithms,
      currentDate: this.clock.now(),
      noSuchKey: NOT_ITS_KEY,
      otherKey: NOT_ITS_KEY,
    });
    const read = Proof.safeParse(payload);
    if (!read.success) throw invalid('did-proof', '"exp" or "nonce" is missing.');
    const { nonce } = read.data;
    const until = this.challenges.untilOf(nonce, persons);
    if (!until) throw new DomainError('did-proof-not-for-you');
    // By its nonce, which says nothing of a person; the DID is kept nowhere.
    if (!(await this.challenges.useUp(USED_BY, nonce, until)))
      throw new DomainError('did-proof-used');
    return did;
  }
}

const NOT_ITS_KEY = 'The signature is not by the key of the DID.';

const namedIn = (proof: string): { readonly kid: string; readonly did: string } => {
  const kid = kidOf(proof);
  if (typeof kid !== 'string') throw invalid('did-proof', '"kid" is missing.');
  const [did = ''] = kid.split('#');
  if (did.length > DID_MAX) throw invalid('did-proof', '"kid" is too long.');
  return { kid, did };
};

const kidOf = (proof: string): unknown => {
  try {
    return decodeProtectedHeader(proof).kid;
  } catch {
    throw invalid('did-proof', 'It is not a JWT.');
  }
};
