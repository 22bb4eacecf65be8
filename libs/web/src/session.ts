import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type PublicUrl } from '#kernel';

const NAME = 'session';

/** The access token that a request carries in its cookie. */
export const sessionToken = (cookieHeader: string | undefined): string | undefined => {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === NAME && value) return value;
  }
  return undefined;
};

/**
 * Keeps a token where only the browser can reach it: not scripts (HttpOnly), not other sites
 * (SameSite), not a plain-text network (Secure where the ledger is reached by https).
 */
export const keepSession = (
  reply: FastifyReply,
  publicUrl: PublicUrl,
  token: string,
  seconds: number,
): void => {
  const secure = publicUrl.isSecure ? '; Secure' : '';
  const rules = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
  void reply.header('set-cookie', `${NAME}=${token}; ${rules}`);
};

export const endSession = (reply: FastifyReply, publicUrl: PublicUrl): void =>
  keepSession(reply, publicUrl, '', 0);

/**
 * Throws DomainError `not-allowed` unless a form was sent from a page of ours. Browsers say where a
 * request comes from (Fetch Metadata §2.1); older ones name at least the origin (Fetch §3.1).
 * Whoever says nothing is no browser, and has the API.
 */
export const refuseForeignForm = (
  headers: FastifyRequest['headers'],
  publicUrl: PublicUrl,
): void => {
  const site = headers['sec-fetch-site'];
  const isOurs =
    site === undefined
      ? isOwnOrigin(headers.origin, headers.host, publicUrl)
      : site === 'same-origin';
  if (!isOurs) throw new DomainError('not-allowed', 'This form was not sent from a page of ours.');
};

const isOwnOrigin = (
  origin: string | undefined,
  host: string | undefined,
  publicUrl: PublicUrl,
): boolean => {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === new URL(publicUrl.href).origin || url.host === host;
};
