import { codeOf } from './failure.js';
import { BACKOFF, pauseBefore } from './latch.js';
import type { MessagingLogger } from './logger.js';

/** A session that lasted this long was a good one. */
const GOOD_SESSION_MS = 10_000;

/** Runs sessions one after another until `signal` aborts, with pauses after those that break. */
export const keepReading = async (
  reader: string,
  logger: MessagingLogger,
  signal: AbortSignal,
  session: () => Promise<void>,
): Promise<void> => {
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      await session();
      failures = 0;
    } catch (error) {
      logger.debug({ reader, code: codeOf(error) }, 'reading anew');
      failures = Date.now() - startedAt > GOOD_SESSION_MS ? 1 : failures + 1;
      await pauseBefore(failures, { ...BACKOFF, mostMs: 3_000 }, signal);
    }
  }
};
