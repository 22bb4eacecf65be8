import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock, DomainError, PublicUrl } from '#kernel';
import { type ClaimNonce, type Client, LearnerIdentity } from '#contracts';
import { KeyRing } from '#vault';
import type { Persons } from './people.js';
import { Sessions } from './sessions.js';

/** RFC 8725 §3.11: no other token of the provider's can be taken for a statement. */
const TYPE = 'account+jwt';
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256'];
const AGE_SECONDS_MAX = 600;
const CLOCKS_APART_SECONDS = 60;
const NONCE_MINUTES = 30;
const MINUTE_MS = 60_000;

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
  readonly #key: Uint8Array;

  constructor(
    private readonly db: DataSource,
    private readonly sessions: Sessions,
    private readonly publicUrl: PublicUrl,
    @Inject(KeyRing) keyRing: KeyRing,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.#key = keyRing.secret('claims');
  }

  /** Binds a statement to a person, and says nothing about them. */
  nonceFor(person: string): z.infer<typeof ClaimNonce> {
    const until = this.clock.now().getTime() + NONCE_MINUTES * MINUTE_MS;
    return {
      nonce: `${until.toString(36)}.${this.#macOf(person, until)}`,
      audience: this.publicUrl.href,
      expiresAt: new Date(until).toISOString(),
    };
  }

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
    if (!this.#isFor(statement.nonce, persons)) throw new DomainError('assertion-not-for-you');
    await this.#useUp(issuer, statement.jti);
    return { provider: issuer, learner: statement.learner };
  }

  async #verify(
    assertion: string,
    issuer: string,
    jwks: NonNullable<Client['jwks']>,
  ): Promise<Statement> {
    const keys = createLocalJWKSet(jwks as JSONWebKeySet);
    const { payload } = await jwtVerify(assertion, keys, {
      issuer,
      audience: this.publicUrl.href,
      typ: TYPE,
      algorithms: ALGORITHMS,
      currentDate: this.clock.now(),
      clockTolerance: CLOCKS_APART_SECONDS,
      maxTokenAge: AGE_SECONDS_MAX,
    }).catch((error: unknown) => {
      throw problemOf(error);
    });
    const read = Statement.safeParse(payload);
    if (!read.success) throw invalid('A claim is missing, or not as it should be.');
    if (read.data.exp - read.data.iat > AGE_SECONDS_MAX)
      throw invalid('"exp" is more than ten minutes after "iat".');
    return read.data;
  }

  #isFor(nonce: string, persons: Persons): boolean {
    const [until36 = '', mac = ''] = nonce.split('.');
    const until = Number.parseInt(until36, 36);
    if (!(until > this.clock.now().getTime())) return false;
    return persons.some((person) => {
      const expected = Buffer.from(this.#macOf(person, until));
      const given = Buffer.from(mac);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  /** Kept for as long as it could be used again. */
  async #useUp(issuer: string, jti: string): Promise<void> {
    const now = this.clock.now().getTime();
    const until = new Date(now + (AGE_SECONDS_MAX + 2 * CLOCKS_APART_SECONDS) * 1_000);
    await this.db.query('delete from identity.used_assertion where kept_until < $1', [
      new Date(now),
    ]);
    const rows = await this.db.query<unknown[]>(
      `insert into identity.used_assertion (issuer, jti, kept_until) values ($1, $2, $3)
       on conflict do nothing returning issuer`,
      [issuer, jti, until],
    );
    if (rows.length === 0) throw new DomainError('assertion-used');
  }

  #macOf(person: string, until: number): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(['nonce', person, until]))
      .digest('base64url');
  }
}

const invalid = (detail: string): DomainError => new DomainError('assertion-invalid', detail);

const issuerOf = (assertion: string): string => {
  try {
    const { iss } = decodeJwt(assertion);
    if (typeof iss === 'string') return iss;
  } catch {
    throw invalid('It is not a JWT.');
  }
  throw invalid('"iss" is missing.');
};

const problemOf = (error: unknown): unknown => {
  if (error instanceof errors.JWTExpired) return new DomainError('assertion-expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud'
      ? new DomainError('assertion-audience-wrong')
      : invalid(`"${error.claim}" is missing, or not as it should be.`);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return invalid(`Sign it with one of ${ALGORITHMS.join(', ')}.`);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return invalid('"kid" and "alg" do not name a key that is registered for "iss".');
  if (error instanceof errors.JOSEError)
    return invalid('The signature is not by a key that is registered for "iss".');
  return error;
};
