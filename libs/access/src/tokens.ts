import type { Actor } from './actor.js';

/** Access tokens: JWTs (RFC 9068 claims) signed by identity (EdDSA), checked everywhere. */
export abstract class Tokens {
  /** The actor a valid token names. Throws DomainError `not-signed-in` for any other. */
  abstract verify(token: string): Promise<Actor>;
}
