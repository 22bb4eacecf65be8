import { DomainError } from '#kernel';
import type { Actor } from './actor.js';
import { type Permission, permissions } from './permissions.js';
import type { Tokens } from './tokens.js';

const BEARER = /^Bearer (?<token>\S+)$/iu;

/**
 * The one place that lets a request through. In: the Authorization header and the permission that
 * the endpoint states. Out: the actor, or undefined for an anonymous request to a public endpoint.
 * Throws DomainError `not-signed-in` (no valid token) or `not-allowed` (another role is needed).
 */
export const authorise = async (
  tokens: Tokens,
  authorization: string | undefined,
  permission: Permission,
): Promise<Actor | undefined> => {
  const allowed: 'public' | readonly string[] = permissions[permission];
  const token = BEARER.exec(authorization ?? '')?.groups?.['token'];
  if (allowed === 'public') return undefined;
  if (token === undefined) throw new DomainError('not-signed-in');
  const actor = await tokens.verify(token);
  permit(actor, permission);
  return actor;
};

/** Throws `not-allowed` unless the actor's role has the permission. */
export const permit = ({ role }: Actor, permission: Permission): void => {
  const allowed: 'public' | readonly string[] = permissions[permission];
  if (allowed !== 'public' && !allowed.includes(role)) throw new DomainError('not-allowed');
};
