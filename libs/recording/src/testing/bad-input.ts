import { afterEach, beforeEach, expect } from '@jest/globals';
import type { StartService } from './running-recorder.js';
import { named } from './samples.js';
import { type Asked, usingXapiStore, type XapiAnswered, type XapiStore } from './xapi-store.js';

/** What nobody may be told again. */
export const MARK = 'Zsófia-Marker';
export const MS_MAX = 5_000;

export const expectProblem = (answer: XapiAnswered, status: number, code?: string): void => {
  expect(answer.json).toMatchObject({
    status,
    whatToDo: expect.stringMatching(/\.$/u),
    ...(code === undefined ? {} : { code }),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.headers['x-experience-api-version']).toMatch(/^(1\.0\.3|2\.0\.0)$/u);
  expect(answer.text).not.toContain('Marker');
};

/** Stores statements, or tries to, in bounded time. */
export const postSoon = async (store: XapiStore, asked: Asked): Promise<XapiAnswered> => {
  const start = performance.now();
  const answer = await store.request('POST', 'statements', asked);
  expect(performance.now() - start).toBeLessThan(MS_MAX);
  return answer;
};

/**
 * A store in which no test of a file leaves anything behind, and that the others go on with after
 * each. What is there when `settled` was called last may stay.
 */
export const usingUntouchedStore = (
  startService: StartService,
): { readonly store: () => XapiStore; readonly settled: () => Promise<void> } => {
  const store = usingXapiStore(startService);
  let before: readonly number[];
  const settled = async (): Promise<void> => {
    before = await store().counts();
  };
  beforeEach(settled);
  afterEach(async () => {
    expect(await store().counts()).toEqual(before);
    const [id = ''] = await store().post(named());
    expect((await store().get(id)).status).toBe(200);
  });
  return { store, settled };
};
