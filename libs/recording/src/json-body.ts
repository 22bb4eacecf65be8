import type { FastifyInstance } from 'fastify';
import { DomainError } from '#kernel';

export const BODY_BYTES_MAX = 8 * 1024 * 1024;
export const BATCH_MAX = 1_000;

/** Where V8 says that JSON ends to be JSON. The rest of its message quotes the input. */
const PLACE = /at position \d+(?: \(line \d+ column \d+\))?/u;

/** Throws DomainError `malformed-json`, with the place if it is known and nothing of the text. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = error instanceof Error ? PLACE.exec(error.message)?.[0] : undefined;
    throw new DomainError('malformed-json', place && `Not JSON ${place}.`);
  }
};

/**
 * Makes the routes of a scope take JSON under these media types, up to BODY_BYTES_MAX. A body
 * arrives parsed; whatever is wrong is thrown to the error handler of the app.
 */
export const acceptJson = (scope: FastifyInstance, mediaTypes: readonly string[]): void =>
  accept(scope, mediaTypes, parseJson);

/** The same for text that is parsed by whoever takes it, up to so many bytes. */
export const acceptText = (
  scope: FastifyInstance,
  mediaTypes: readonly string[],
  bytes = BODY_BYTES_MAX,
): void => accept(scope, mediaTypes, (text) => text, bytes);

const accept = (
  scope: FastifyInstance,
  mediaTypes: readonly string[],
  parse: (text: string) => unknown,
  bytes = BODY_BYTES_MAX,
): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    [...mediaTypes],
    { parseAs: 'string', bodyLimit: bytes },
    (_, text, done) => {
      try {
        done(null, parse(text.toString()));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  refuseTooLarge(scope, bytes);
};

/** Says of a body that is longer than the routes of a scope take how long it may be. */
export const refuseTooLarge = (scope: FastifyInstance, bytes: number): void => {
  scope.setErrorHandler((error: Error & { code?: string }, _, reply) => {
    // Sent, not thrown: the handler of the app renders it.
    void reply.send(
      error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
        ? new DomainError('too-large', `A body may have ${bytes} bytes.`)
        : error,
    );
  });
};

/** A body that is one thing or a list of them. Throws `too-large` for more than BATCH_MAX. */
export const itemsOf = (body: unknown): readonly unknown[] => {
  const items: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (items.length > BATCH_MAX)
    throw new DomainError('too-large', `A batch may have ${BATCH_MAX} items.`);
  return items;
};
