import { expect, it } from '@jest/globals';
import { createProxy } from './proxy.js';

/** Nobody listens there: what is passed on is answered with 503. */
const AWAY = 'http://127.0.0.1:1';

it.each([
  ['/metrics', 404],
  ['/%6detrics', 404],
  ['/metrics?x=1', 404],
  ['/check', 503],
  ['/v1/events', 503],
])('the proxy answers %s with %i', async (url, status) => {
  const proxy = await createProxy({ recorder: AWAY, issuer: AWAY, exchange: AWAY });
  expect((await proxy.inject(url)).statusCode).toBe(status);
  await proxy.close();
});
