import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { ConcurrencyError, DomainError, isAway, UnavailableError } from '#kernel';
import { type Problem, type ProblemCode, problemOf } from '#contracts';
import { BODY_BYTES_MAX } from './http-server.js';
import { issuesOf } from './validation.js';

/** Codes of Fastify's own refusals. */
const FASTIFY: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-input',
  FST_REQ_FILE_TOO_LARGE: 'too-large',
  FST_ERR_BAD_URL: 'invalid-input',
};
const STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid-input',
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  405: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  503: 'unavailable',
};

/** Where the JSON breaks; the rest of such a message quotes what was sent. */
const JSON_POSITION = /at position \d+/u;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/**
 * The problem details (RFC 9457) of any error. What is not known is a bug: it becomes
 * `internal-error` and says nothing of itself to the outside.
 */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof DomainError) return problemOf(error.code, error.detail, error.issues);
  if (error instanceof ConcurrencyError) return problemOf('concurrent-change');
  if (error instanceof UnavailableError) return problemOf(error.code);
  if (isAway(error)) return problemOf('unavailable');
  if (error instanceof z.ZodError)
    return problemOf('invalid-input', undefined, issuesOf(error.issues));
  const fastify = FASTIFY[codeOf(error)];
  if (fastify) return problemOf(fastify);
  if (error instanceof HttpException) return ofHttpException(error);
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 0;
  return problemOf((typeof status === 'number' && STATUS[status]) || 'internal-error');
};

/** Nest hands on what Fastify refused by its status and message only. */
const ofHttpException = (error: HttpException): Problem => {
  const code = STATUS[error.getStatus()] ?? 'internal-error';
  if (code === 'too-large') return problemOf(code, `The limit is ${BODY_BYTES_MAX} bytes.`);
  if (code === 'invalid-input' && error.message.includes('JSON'))
    return problemOf('malformed-json', JSON_POSITION.exec(error.message)?.[0]);
  return problemOf(code);
};
