/** Where in the input the trouble is (RFC 6901 pointer with a leading "#") and what it is. */
export interface Issue {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * A broken rule. `code` is stable and has a row in the table of problems in `contracts`, which
 * gives it a status, a title and what to do next. The detail never carries personal data.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: string,
    readonly detail?: string,
    readonly issues: readonly Issue[] = [],
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`);
  }
}

/** More than is allowed at once: the answer says in how many seconds to come again. */
export class RateLimitError extends DomainError {
  constructor(
    code: string,
    readonly retryAfterSeconds: number,
  ) {
    super(code);
  }
}

/** Somebody else appended to the stream since it was read: read again, decide again. */
export class ConcurrencyError extends Error {
  override readonly name = 'ConcurrencyError';
  constructor(readonly stream: string) {
    super(`the stream ${stream} changed meanwhile`);
  }
}

/** An event of a batch that is recorded whole or not at all was recorded with other content. */
export class IntakeConflictError extends Error {
  override readonly name = 'IntakeConflictError';
  constructor(
    /** Its place in the batch, from 0. */
    readonly at: number,
    /** Number of the entry that was recorded before; undefined if it stands in the same batch. */
    readonly earlierSeq: number | undefined,
  ) {
    super('an event of the batch was recorded with other content');
  }
}

/**
 * Something this process depends on is away for now. Answered with 503 and Retry-After; `code` is
 * the problem it is answered with.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  constructor(
    readonly dependency: string,
    override readonly cause?: unknown,
    readonly code = 'unavailable',
  ) {
    super(`${dependency} is not available`);
  }
}
