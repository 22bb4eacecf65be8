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

const Claims = z.object({ sub: z.string(), role: Role, org: z.string().optional() });

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
    try {
      const { payload } = await jwtVerify(token, this.#getKey, {
        algorithms: [ALGORITHM],
        issuer: this.#issuer,
        audience: this.#issuer,
        typ: 'at+jwt',
      });
      const { sub, role, org } = Claims.parse(payload);
      return { id: sub, role, ...(org === undefined ? {} : { organisation: org }) };
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || error instanceof TypeError)
        throw new UnavailableError('identity', error);
      throw new DomainError('not-signed-in');
    }
  }
}
