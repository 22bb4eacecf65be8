import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  exportJWK,
  type JWK,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose';
import { errors } from 'jose';
import { z } from 'zod';
import { DomainError, UnavailableError } from '#kernel';
import { Role } from '#contracts';
import type { Actor } from './actor.js';
import { Tokens } from './tokens.js';

const ALGORITHM = 'EdDSA';
export const TOKEN_SECONDS = 3_600;

/** A token that was found valid is not checked again for this long, nor after it has expired. */
const VALID_FOR_MS = 60_000;
const VALID_MAX = 10_000;

const Claims = z.object({
  sub: z.string(),
  exp: z.number(),
  role: Role,
  org: z.string().optional(),
});

/** PKCS #8 header of an Ed25519 private key (RFC 8410 §7); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key that signs access tokens, from 32 secret bytes of the key ring. */
export const accessTokenKey = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });

/** Its public half as a JWK (RFC 7517), as identity publishes it. */
export const accessTokenJwk = async (key: KeyObject): Promise<JWK> => ({
  ...(await exportJWK(createPublicKey(key))),
  alg: ALGORITHM,
  use: 'sig',
  kid: 'access-1',
});

/** A signed access token (JWT, RFC 9068) for an actor; valid for `seconds`. */
export const signAccessToken = (
  key: KeyObject,
  issuer: string,
  actor: Actor,
  seconds = TOKEN_SECONDS,
): Promise<string> =>
  new SignJWT({ role: actor.role, ...(actor.organisation ? { org: actor.organisation } : {}) })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: 'access-1' })
    .setSubject(actor.id)
    .setIssuer(issuer)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime(`${seconds}s`)
    .sign(key);

/** Checks tokens with the keys of identity: its own in one process, its JWKS in the others. */
export class JwtTokens extends Tokens {
  readonly #getKey: JWTVerifyGetKey;
  readonly #issuer: string;
  readonly #valid = new Map<string, { readonly actor: Actor; readonly until: number }>();

  constructor(getKey: JWTVerifyGetKey, issuer: string) {
    super();
    this.#getKey = getKey;
    this.#issuer = issuer;
  }

  static local(key: KeyObject, issuer: string): JwtTokens {
    const publicKey = createPublicKey(key);
    return new JwtTokens(() => publicKey, issuer);
  }

  static remote(identityUrl: string, issuer: string): JwtTokens {
    const jwks = new URL('/.well-known/jwks.json', identityUrl);
    return new JwtTokens(createRemoteJWKSet(jwks), issuer);
  }

  async verify(token: string): Promise<Actor> {
    const now = Date.now();
    const valid = this.#valid.get(token);
    if (valid && now < valid.until) return valid.actor;
    const { actor, expiresAt } = await this.#check(token);
    if (this.#valid.size >= VALID_MAX) this.#valid.clear();
    this.#valid.set(token, { actor, until: Math.min(expiresAt, now + VALID_FOR_MS) });
    return actor;
  }

  async #check(token: string): Promise<{ readonly actor: Actor; readonly expiresAt: number }> {
    try {
      const { payload } = await jwtVerify(token, this.#getKey, {
        algorithms: [ALGORITHM],
        issuer: this.#issuer,
        audience: this.#issuer,
        typ: 'at+jwt',
      });
      const { sub, exp, role, org } = Claims.parse(payload);
      const actor = { id: sub, role, ...(org === undefined ? {} : { organisation: org }) };
      return { actor, expiresAt: exp * 1_000 };
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || error instanceof TypeError)
        throw new UnavailableError('identity', error);
      throw new DomainError('not-signed-in');
    }
  }
}
