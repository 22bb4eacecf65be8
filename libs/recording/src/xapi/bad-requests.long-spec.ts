import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { expectProblem, MARK, MS_MAX, usingUntouchedStore } from '../testing/bad-input.js';
import { XAPI_SECRET } from '../testing/running-recorder.js';
import { statement } from '../testing/samples.js';
import type { Asked } from '../testing/xapi-store.js';

const { store } = usingUntouchedStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

let port: number;
beforeAll(async () => {
  const { app } = store().recorder.service;
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});

describe('a request', () => {
  const id = randomUUID();
  it.each<readonly [string, string, string, Asked, number]>([
    ['with a parameter twice', 'GET', `statements?statementId=${id}&statementId=${id}`, {}, 400],
    ['with half a percent-encoding', 'GET', 'statements?verb=http://x/%z', {}, 400],
    ['with an encoding that is no UTF-8', 'GET', 'statements?verb=http://x/%ff', {}, 400],
    [
      'with an unknown parameter',
      'POST',
      `statements?${encodeURIComponent(MARK)}=1`,
      { body: statement() },
      400,
    ],
    [
      'with an unknown parameter to read',
      'GET',
      `statements?${encodeURIComponent(MARK)}=1`,
      {},
      400,
    ],
    [
      'with an agent that is none',
      'GET',
      `statements?agent=${encodeURIComponent(`{"name":"${MARK}"}`)}`,
      {},
      400,
    ],
    [
      'with an agent that is no JSON',
      'GET',
      `statements?agent=${encodeURIComponent(MARK)}`,
      {},
      400,
    ],
    ['with a limit that is none', 'GET', 'statements?limit=-1', {}, 400],
    ['with a time before all calendars', 'GET', 'statements?since=0000-01-01T00:00:00Z', {}, 400],
    ['to remove a statement', 'DELETE', `statements?statementId=${id}`, {}, 405],
    ['to write where pages are', 'POST', 'statements/more', { body: statement() }, 405],
    [
      'in text',
      'POST',
      'statements',
      { body: MARK, headers: { 'content-type': 'text/plain' } },
      400,
    ],
  ])('%s is refused', async (_, method, path, asked, status) => {
    expectProblem(await store().request(method, path, asked), status);
  });

  it.each(['2020-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59', '0001-01-01T00:00:00Z'])(
    'for times since %s is answered',
    async (since) => {
      for (const name of ['since', 'until']) {
        const { status } = await store().list({ [name]: since });
        expect(status).toBe(200);
      }
    },
  );

  it('with a method nobody knows is refused in plain words', async () => {
    for (const method of ['PATCH', 'OPTIONS', 'TRACE']) {
      const { status, json } = await store().request(method, 'statements');
      expect(json).toMatchObject({ status, code: expect.any(String) });
      expect([404, 405, 501]).toContain(status);
    }
  });
});

describe('a connection', () => {
  const authorization = `Basic ${Buffer.from(`uni:${XAPI_SECRET}`).toString('base64')}`;
  const head = (...lines: readonly string[]) =>
    [
      'POST /xapi/statements HTTP/1.1',
      'Host: x',
      `Authorization: ${authorization}`,
      'X-Experience-API-Version: 1.0.3',
      ...lines,
      '',
      '',
    ].join('\r\n');
  /** What is answered to bytes on a connection of their own, which the server ends. */
  const said = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      const end = setTimeout(() => socket.destroy(), MS_MAX);
      socket.on('data', (chunk) => {
        answer += String(chunk);
        if (answer.includes('}')) socket.destroy();
      });
      socket.on('error', reject).on('close', () => {
        clearTimeout(end);
        resolve(answer);
      });
    });

  it('that announces 33 MB is told the limit, before it sends them', async () => {
    const answer = await said(
      head('Content-Type: application/json', `Content-Length: ${33 * 1024 * 1024}`),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"too-large"/su);
  });

  it('that sends chunks without end is cut off at the limit', async () => {
    const chunk = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
    const answer = await said(
      head('Content-Type: application/json', 'Transfer-Encoding: chunked') + chunk.repeat(40),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /u);
  }, 15_000);

  it('with headers without end is cut off', async () => {
    const answer = await said(head(`X-A: ${'a'.repeat(100_000)}`));
    expect(answer).toMatch(/^HTTP\/1\.1 431 /u);
  });

  it('with its key in a form must not send much before it is known', async () => {
    const form = (...lines: readonly string[]) =>
      head('Content-Type: application/x-www-form-urlencoded', ...lines)
        .replace('/statements', '/statements?method=PUT')
        .replace(/Authorization.*\r\n/u, '');
    for (const length of ['Content-Length: 2000000', 'Transfer-Encoding: chunked'])
      expect(await said(form(length))).toMatch(/^HTTP\/1\.1 413 .*"code":"too-large"/su);
    expect(await said(`${form('Content-Length: 9')}content=1`)).toMatch(/^HTTP\/1\.1 401 /u);
  });

  it('without a key need not send its body', async () => {
    const answer = await said(
      head('Content-Type: application/json', 'Content-Length: 30000000').replace(
        /Authorization.*\r\n/u,
        '',
      ),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 .*"code":"not-signed-in"/su);
  });
});
