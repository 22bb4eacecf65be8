import { Inject, Injectable } from '@nestjs/common';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { Clock, DomainError, PublicUrl } from '#kernel';
import { type Client, LearnerIdentity } from '#contracts';
import { Challenges } from './challenges.js';
import type { Persons } from './people.js';
import { Sessions } from './sessions.js';
import { AGE_SECONDS_MAX, CLOCKS_APART_SECONDS, invalid, verifySigned } from './signed.js';

/** RFC 8725 §3.11: no other token of the provider's can be taken for a statement. */
const TYPE = 'account+jwt';
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256'];

const Statement = z.object({
  iat: z.number(),
  exp: z.number(),
  jti: z.string().min(8).max(128),
  nonce: z.string().max(128),
  learner: LearnerIdentity,
});
type Statement = z.infer<typeof Statement>;

/** What a provider has signed: this account belongs to whoever was given this nonce. */
interface Asserted {
  readonly provider: string;
  readonly learner: LearnerIdentity;
}

/** Statements about accounts: JWTs (RFC 7519) signed by providers, good once and for one person. */
@Injectable()
export class Assertions {
  constructor(
    private readonly challenges: Challenges,
    private readonly sessions: Sessions,
    private readonly publicUrl: PublicUrl,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Checks a statement and uses it up. Throws DomainError `assertion-invalid`,
   * `assertion-issuer-unknown`, `assertion-audience-wrong`, `assertion-expired`,
   * `assertion-not-for-you`, `assertion-used`.
   */
  async use(assertion: string, persons: Persons): Promise<Asserted> {
    const issuer = issuerOf(assertion);
    const { jwks } = (await this.sessions.client(issuer)) ?? {};
    if (!jwks) throw new DomainError('assertion-issuer-unknown');
    const statement = await this.#verify(assertion, issuer, jwks);
    if (!this.challenges.untilOf(statement.nonce, persons))
      throw new DomainError('assertion-not-for-you');
    const seconds = AGE_SECONDS_MAX + 2 * CLOCKS_APART_SECONDS;
    // Kept for as long as it could be used again.
    const until = new Date(this.clock.now().getTime() + seconds * 1_000);
    if (!(await this.challenges.useUp(issuer, statement.jti, until)))
      throw new DomainError('assertion-used');
    return { provider: issuer, learner: statement.learner };
  }

  async #verify(
    assertion: string,
    issuer: string,
    jwks: NonNullable<Client['jwks']>,
  ): Promise<Statement> {
    const payload = await verifySigned(assertion, createLocalJWKSet(jwks as JSONWebKeySet), {
      kind: 'assertion',
      issuer,
      audience: this.publicUrl.href,
      typ: TYPE,
      algorithms: ALGORITHMS,
      currentDate: this.clock.now(),
      noSuchKey: '"kid" and "alg" do not name a key that is registered for "iss".',
      otherKey: 'The signature is not by a key that is registered for "iss".',
    });
    const read = Statement.safeParse(payload);
    if (!read.success) throw invalid('assertion', 'A claim is missing, or not as it should be.');
    return read.data;
  }
}

const issuerOf = (assertion: string): string => {
  try {
    const { iss } = decodeJwt(assertion);
    if (typeof iss === 'string') return iss;
  } catch {
    throw invalid('assertion', 'It is not a JWT.');
  }
  throw invalid('assertion', '"iss" is missing.');
};
