import { Readable } from 'node:stream';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UnavailableError } from '#kernel';
import { HttpApi } from './http-api.js';

let server: Server;
let api: HttpApi;
const asked: { url: string | undefined; headers: NodeJS.Dict<string | string[]>; body: string }[] =
  [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url, headers } = request;
      asked.push({ url, headers, body: Buffer.concat(chunks).toString() });
      if (url === '/elsewhere') response.writeHead(302, { location: '/v1/me' }).end();
      else if (url === '/broken') response.destroy();
      else response.writeHead(url === '/missing' ? 404 : 200, { 'x-a': 'b' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  api = new HttpApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.close();
});

describe('the API over HTTP', () => {
  test('carries the token, the key and the body', async () => {
    const answer = await api.request({
      method: 'POST',
      path: '/v1/shares',
      token: 't',
      body: { a: 1 },
      idempotencyKey: 'k',
      requestId: 'r-12345678',
    });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}', headers: { 'x-a': 'b' } });
    expect(asked.at(-1)).toMatchObject({
      url: '/v1/shares',
      body: '{"a":1}',
      headers: {
        authorization: 'Bearer t',
        'content-type': 'application/json',
        'idempotency-key': 'k',
        'x-request-id': 'r-12345678',
      },
    });
  });

  test('sends what comes as a stream as it comes, and hands on what is long', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const stream = Readable.from(Array.from({ length: 64 }, () => piece));
    const contentType = 'multipart/form-data; boundary=x';
    const length = String(64 * piece.length);
    const upload = { method: 'POST', path: '/v1/imports', stream, contentType, length } as const;
    expect((await api.request(upload)).status).toBe(200);
    const sent = asked.at(-1);
    expect(sent?.headers).toMatchObject({ 'content-type': contentType, 'content-length': length });
    expect(sent?.body).toHaveLength(64 * 64 * 1024);
    const { status, body } = await api.open({ method: 'GET', path: '/v1/x.csv', token: 't' });
    expect([status, Buffer.concat(await body.toArray()).toString()]).toEqual([200, '{"ok":true}']);
    expect(asked.at(-1)?.headers['authorization']).toBe('Bearer t');
    await expect(api.open({ method: 'GET', path: '/broken' })).rejects.toBeInstanceOf(
      UnavailableError,
    );
  });

  test('without a token sends no Authorization, without a body no type', async () => {
    await api.request({ method: 'GET', path: '/v1/institutions' });
    expect(asked.at(-1)?.headers).not.toHaveProperty('authorization');
    expect(asked.at(-1)?.headers).not.toHaveProperty('content-type');
  });

  test('an answer of any status is an answer', async () => {
    expect((await api.request({ method: 'GET', path: '/missing' })).status).toBe(404);
  });

  test.each(['/elsewhere', '/broken'])(
    'is away where it does not answer itself: %s',
    async (path) => {
      await expect(api.request({ method: 'GET', path })).rejects.toBeInstanceOf(UnavailableError);
    },
  );

  test('is away where nobody listens', async () => {
    const nobody = new HttpApi('http://127.0.0.1:1');
    await expect(nobody.request({ method: 'GET', path: '/' })).rejects.toThrow('the API');
  });
});
