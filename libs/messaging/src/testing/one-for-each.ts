import { afterAll, afterEach, beforeEach } from '@jest/globals';

/**
 * Gives each test of a file a system of its own, made while the test before runs and ended while
 * the next one does: to make topics and to leave groups takes a second each, for which no test has
 * to wait. Call it at the top of the file. Out: gives the system of the test that runs.
 */
export const oneForEach = <System>(
  begin: () => Promise<System>,
  end: (system: System) => Promise<void>,
): (() => System) => {
  let next: Promise<System> | undefined;
  let current: System | undefined;
  const ending: Promise<void>[] = [];
  beforeEach(async () => {
    current = await (next ?? begin());
    next = begin();
    next.catch(() => undefined);
  });
  afterEach(() => {
    if (current === undefined) return;
    const ended = end(current);
    ended.catch(() => undefined);
    ending.push(ended);
    current = undefined;
  });
  afterAll(async () => {
    if (next) ending.push(next.then(end));
    await Promise.all(ending);
  }, 60_000);
  return () => {
    if (current === undefined) throw new Error('no test runs');
    return current;
  };
};
