import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { XAPI_SECRET } from '../testing/running-recorder.js';
import { statement } from '../testing/samples.js';
import {
  type Asked,
  attachment,
  multipart,
  sha256Of,
  usingXapiStore,
  type XapiAnswered,
} from '../testing/xapi-store.js';

const MARK = 'Zsófia-Marker';
const MS_MAX = 5_000;
const store = usingXapiStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const named = (part: object = {}) => ({ id: randomUUID(), ...statement(part) });
const text = `what ${MARK} wrote`;
const withText = (part: object = {}) => named({ attachments: [attachment(text, part)] });

let port: number;
let before: readonly number[];
const counts = async () => [await store().recorder.size(), await store().stored()];

beforeAll(async () => {
  const { app } = store().recorder.service;
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});
beforeEach(async () => {
  before = await counts();
});
/** Nothing stays behind, and the others go on. */
afterEach(async () => {
  expect(await counts()).toEqual(before);
  const [id = ''] = await store().post(named());
  expect((await store().get(id)).status).toBe(200);
});

const expectProblem = (answer: XapiAnswered, status: number, code?: string): void => {
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
const post = async (asked: Asked): Promise<XapiAnswered> => {
  const start = performance.now();
  const answer = await store().request('POST', 'statements', asked);
  expect(performance.now() - start).toBeLessThan(MS_MAX);
  return answer;
};
const nested = (depth: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

describe('statements with attachments', () => {
  const headers =
    (...lines: readonly string[]) =>
    (sha2: string) => [
      'Content-Transfer-Encoding: binary',
      `X-Experience-API-Hash: ${sha2}`,
      ...lines,
    ];
  const wrong = sha256Of('something else');
  it.each<readonly [string, () => Asked, number]>([
    [
      'of another hash than they say',
      () => multipart(withText({ sha2: wrong }), [text], { headers: () => headers()(wrong) }),
      400,
    ],
    ['that no statement names', () => multipart(named(), [text]), 400],
    ['that did not come', () => multipart(withText(), []), 400],
    ['in plain JSON', () => ({ body: withText() }), 400],
    [
      'whose hash is of no algorithm we know',
      () => multipart(withText({ sha2: 'ab' }), [text], { headers: () => headers()('ab') }),
      400,
    ],
    [
      'whose hash is of another algorithm than its length says',
      () => {
        const sha2 = sha256Of(text) + sha256Of('').slice(0, 32);
        return multipart(withText({ sha2 }), [text], { headers: () => headers()(sha2) });
      },
      400,
    ],
    ['without an end', () => multipart(withText(), [text], { end: '' }), 400],
    [
      'whose boundary never ends',
      () => multipart(withText(), [text], { end: `--a-boundary${'x'.repeat(20_000_000)}` }),
      400,
    ],
    [
      'with a million boundaries',
      () => multipart(withText(), [text], { end: '--a-boundary\r\n'.repeat(1_000_000) }),
      413,
    ],
    [
      'with a million boundaries that are none',
      () => multipart(withText(), [text], { end: '\r\n--a-boundarx'.repeat(1_000_000) }),
      400,
    ],
    ['of 300 parts', () => multipart(withText(), Array.from({ length: 300 }, String)), 413],
    [
      'with headers without end',
      () => multipart(withText(), [text], { headers: headers(`X-A: ${'a'.repeat(1_000_000)}`) }),
      400,
    ],
    [
      'with a header twice',
      () => multipart(withText(), [text], { headers: headers('X-A: 1', 'x-a: 2') }),
      400,
    ],
    [
      'with a boundary that may not be',
      () => ({
        ...multipart(withText(), [text]),
        headers: { 'content-type': 'multipart/mixed; boundary=ü' },
      }),
      400,
    ],
    [
      'as a form',
      () => ({
        ...multipart(withText(), [text]),
        headers: { 'content-type': 'multipart/form-data; boundary=a-boundary' },
      }),
      400,
    ],
  ])('%s are refused', async (_, asked, status) => {
    expectProblem(await post(asked()), status);
  });

  it('are refused with a signature too many', async () => {
    const usageType = 'http://adlnet.gov/expapi/attachments/signature';
    const attachments = Array.from({ length: 500 }, () =>
      attachment(text, { usageType, contentType: 'application/octet-stream' }),
    );
    const all = Array.from({ length: 20 }, () => named({ attachments }));
    expectProblem(await post(multipart(all, [text])), 413, 'too-large');
  });

  describe('whose headers hold what no database takes', () => {
    afterEach(async () => {
      before = await counts();
    });
    it('are stored with those that come at the same time', async () => {
      const odd = withText();
      const asked = multipart(odd, [text], { headers: headers('Content-Type: text/\0plain') });
      const others = Array.from({ length: 8 }, () => named());
      const [answer] = await Promise.all([
        store().request('POST', 'statements', asked),
        ...others.map((one) => store().post(one)),
      ]);
      expect(answer.status).toBe(200);
      before = await counts();
      const whole = await store().request(
        'GET',
        `statements?statementId=${odd.id}&attachments=true`,
      );
      expect(whole.text).toContain(text);
      expect(whole.text).not.toContain('\0');
    });
  });
});

describe('statements', () => {
  const many = (count: number, name: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => ({ mbox: `mailto:${name(n)}@x.example` }));
  it.each<readonly [string, () => unknown, number]>([
    [
      'nested a thousand deep',
      () => named({ result: { extensions: { 'http://x': nested(1_000) } } }),
      400,
    ],
    ['that are nothing but brackets', () => '['.repeat(4_000_000), 400],
    ['of which there are 1001', () => Array.from({ length: 1_001 }, () => statement()), 413],
    ['over 8 MB', () => named({ result: { response: MARK.repeat(700_000) } }), 413],
    ['with NUL in a text', () => named({ result: { response: `${MARK}\0` } }), 400],
    [
      'with half a character in a text',
      () => named({ result: { response: `${MARK}\ud800` } }),
      400,
    ],
    [
      'with half a character in a name',
      () => named({ result: { extensions: { 'http://x/\udc00': 1 } } }),
      400,
    ],
    ['with a number beyond all', () => `{"x":1e999}`, 400],
    ['that are no JSON', () => `{"actor": ${MARK}}`, 400],
    ['that are nothing', () => '', 400],
    ['that are null', () => 'null', 400],
    ['that are no UTF-8', () => Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ['with a prototype', () => `{"__proto__":{"id":"x"},"actor":{},"verb":{},"object":{}}`, 400],
    [
      'that name more people than anybody means',
      () =>
        Array.from({ length: 60 }, (_, k) =>
          statement({ actor: { objectType: 'Group', member: many(1_000, (n) => `${k}-${n}`) } }),
        ),
      413,
    ],
    [
      'with a group of 1001',
      () => named({ actor: { objectType: 'Group', member: many(1_001, String) } }),
      400,
    ],
    [
      'with an OpenID of two thousand letters',
      () => named({ actor: { openid: `https://x/${'a'.repeat(2_000)}` } }),
      400,
    ],
  ])('%s are refused', async (_, body, status) => {
    expectProblem(await post({ body: body() }), status);
  });
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

describe('what is much, and allowed,', () => {
  afterEach(async () => {
    before = await counts();
  });
  const settled = async () => {
    before = await counts();
  };

  it('is shown on pages of bounded length, each statement once', async () => {
    const registration = randomUUID();
    const all = Array.from({ length: 6 }, () =>
      named({
        context: { registration },
        result: { response: 'a'.repeat(5_000_000) },
        ...EXPERIENCED,
      }),
    );
    for (const one of all) await store().post(one);
    await settled();
    const pages = await store().pages({ registration });
    expect(pages.flat()).toEqual(all.map(({ id }) => id).toReversed());
    expect(pages.map(({ length }) => length)).toEqual([4, 2]);
    const ascending = await store().pages({ registration, ascending: 'true', limit: '5' });
    expect(ascending.flat()).toEqual(all.map(({ id }) => id));
  }, 60_000);

  it('comes back byte by byte, with attachments on pages of bounded length', async () => {
    const registration = randomUUID();
    const contents = [1, 2, 3].map((n) => Buffer.alloc(14_000_000, n));
    const all = contents.map((content) =>
      named({ context: { registration }, attachments: [attachment(content)] }),
    );
    await Promise.all(all.map((one, n) => store().post(one, multipart(one, [contents[n] ?? '']))));
    await settled();
    const pages = await store().pages({ registration });
    expect(pages).toHaveLength(1);
    const first = await store().list({ registration, attachments: 'true' });
    expect(first.text.length).toBeLessThan(33_000_000);
    expect(first.text.length).toBeGreaterThan(28_000_000);
  }, 60_000);
});

const EXPERIENCED = { verb: { id: 'http://adlnet.gov/expapi/verbs/experienced' } };
