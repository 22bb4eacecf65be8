import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `get` gives what `isRight` accepts; after `ms` it returns the last answer anyway. */
export const eventually = async <T>(
  get: () => T | Promise<T>,
  isRight: (value: T) => boolean,
  ms = 20_000,
): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const value = await get();
    if (isRight(value) || Date.now() > end) return value;
    await delay(25);
  }
};

export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
