import { UnavailableError } from './errors.js';

/** SQLSTATE classes and codes of sockets that say: away for now, try again. */
const AWAY_SQLSTATE = /^(?:08|53|57P|58)/u;
const AWAY_SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const AWAY_MESSAGE =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|not queryable/u;

/**
 * True where an error says that the database, the broker or the vault is away: in our words, or in
 * those of a driver, also where another error wraps it. Then trying again heals it.
 */
export const isAway = (error: unknown): boolean => {
  if (error instanceof UnavailableError) return true;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (AWAY_SQLSTATE.test(code) || AWAY_SOCKET.has(code) || AWAY_MESSAGE.test(error.message))
    return true;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  return 'driverError' in error && isAway(error.driverError);
};
