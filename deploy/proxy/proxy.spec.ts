import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createProxy, LAST_ANSWERS_MS } from './proxy.js';

/** Nobody listens there: what is passed on is answered with 503. */
const AWAY = 'http://127.0.0.1:1';

it('passes an upload on as it comes, however large', async () => {
  let bytes = 0;
  const upstream = createServer((request, response) => {
    request.on('data', (piece: Buffer) => (bytes += piece.length));
    request.on('end', () => response.writeHead(202).end());
  });
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve);
  });
  const recorder = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const proxy = await createProxy({ recorder, issuer: AWAY, exchange: AWAY });
  const address = await proxy.listen({ host: '127.0.0.1', port: 0 });
  const piece = Buffer.alloc(1024 * 1024);
  const { status } = await fetch(`${address}/v1/imports`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: ReadableStream.from(Array.from({ length: 24 }, () => piece)),
    duplex: 'half',
  });
  expect([status, bytes]).toEqual([202, 24 * 1024 * 1024]);
  await proxy.close();
  upstream.close();
});

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

describe('the end of the proxy', () => {
  const started = async (listener: RequestListener) => {
    const upstream = createServer(listener);
    await new Promise<void>((resolve) => {
      upstream.listen(0, '127.0.0.1', resolve);
    });
    const exchange = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const proxy = await createProxy({ recorder: AWAY, issuer: AWAY, exchange });
    const address = await proxy.listen({ host: '127.0.0.1', port: 0 });
    const close = async (): Promise<number> => {
      const since = performance.now();
      await proxy.close();
      upstream.closeAllConnections();
      upstream.close();
      return performance.now() - since;
    };
    return { address, close };
  };

  it('lets who is being answered have the answer', async () => {
    const { address, close } = await started((_, response) => {
      setTimeout(() => response.end('late'), 300);
    });
    const answer = fetch(`${address}/check`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = close();
    expect(await (await answer).text()).toBe('late');
    expect(await closed).toBeLessThan(LAST_ANSWERS_MS);
  });

  it('waits for nobody who has gone', async () => {
    const left = Promise.withResolvers<void>();
    const { address, close } = await started((request, response) => {
      response.writeHead(200).write('data: 1\n\n');
      request.once('close', left.resolve);
    });
    const gone = new AbortController();
    await fetch(`${address}/check`, { signal: gone.signal });
    gone.abort();
    await left.promise;
    expect(await close()).toBeLessThan(LAST_ANSWERS_MS / 2);
  });

  it('comes in time, whoever listens on and whatever never answers', async () => {
    const { address, close } = await started(({ url }, response) => {
      if (url === '/check') response.writeHead(200).write('data: 1\n\n');
    });
    const streamed = await fetch(`${address}/check`);
    const unanswered = fetch(`${address}/account`).catch(() => 'closed');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const took = await close();
    expect(took).toBeGreaterThan(LAST_ANSWERS_MS - 100);
    expect(took).toBeLessThan(LAST_ANSWERS_MS + 3_000);
    await expect(streamed.text()).rejects.toThrow();
    await unanswered;
  });
});
