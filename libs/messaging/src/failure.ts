import { z } from 'zod';
import { ConcurrencyError, DomainError, UnavailableError } from '#kernel';

/**
 * What a failed message asks for.
 * - `retry`: the same again, in order, for ever;
 * - `bury`: it will never work, so it goes to the dead letters;
 * - `pass`: its learner was erased, so it is treated as if it never was.
 */
export interface Failure {
  readonly remedy: 'retry' | 'bury' | 'pass';
  readonly code: string;
  /** Says what is wrong without quoting any value. */
  readonly detail: string;
}

/** Broken rules that heal by waiting. */
const PASSING = new Set(['unavailable', 'rate-limited', 'concurrent-change']);

export const schemaDetail = (error: z.core.$ZodError): string =>
  error.issues
    .map(({ path, code }) => `${['#', ...path.map(String)].join('/')}: ${code}`)
    .join('; ');

/** What to do about an error that a projection threw. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof z.core.$ZodError)
    return { remedy: 'bury', code: 'schema', detail: schemaDetail(error) };
  if (error instanceof DomainError) {
    const { code, detail = '' } = error;
    if (code === 'event-erased') return { remedy: 'pass', code, detail };
    return { remedy: PASSING.has(code) ? 'retry' : 'bury', code, detail };
  }
  return { remedy: 'retry', code: codeOf(error), detail: '' };
};

/** A short code for logs and status: never the message, which may quote values. */
export const codeOf = (error: unknown): string => {
  if (error instanceof UnavailableError) return `unavailable:${error.dependency}`;
  if (error instanceof ConcurrencyError) return 'concurrent-change';
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : error.name;
};
