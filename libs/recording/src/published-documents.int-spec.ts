import { createServer, get, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DOCUMENT_BYTES_MAX, PublishedDocuments, type Transport } from './published-documents.js';
import { RecordingSettings } from './settings.js';
import { openOwnHost } from './testing/own-host.js';

const ADDRESS = 'https://college.example/assertions/1';
const found = (document: unknown) => ({ state: 'found', document });

let server: Server;
let answer: RequestListener;
let asked: string[] = [];
/** To the server of this test, whatever the host. */
const here: Transport = (url, options, onResponse) => {
  const { port } = server.address() as AddressInfo;
  asked.push(url.href);
  return get({ port, host: '127.0.0.1', path: url.pathname, ...options }, onResponse);
};
const documents = (settings = new RecordingSettings()) =>
  new PublishedDocuments(settings, here).forOneBody();
const answering = (status: number, headers: Readonly<Record<string, string>>, body = '') => {
  answer = (_, response) => response.writeHead(status, headers).end(body);
};

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('what somebody publishes', () => {
  it('is read as JSON, once for a body', async () => {
    answer = ({ headers }, response) => response.end(JSON.stringify([headers.accept]));
    const read = documents();
    const all = await Promise.all([read(ADDRESS), read(ADDRESS)]);
    const json = expect.stringMatching(/^application\/ld\+json, application\/json, /u);
    expect(all).toEqual(Array(2).fill(found([json])));
    expect(asked).toEqual([ADDRESS]);
    await documents()(ADDRESS);
    expect(asked).toHaveLength(2);
  });

  it('may be a compact JWS, which stays as it is', async () => {
    answering(200, {}, 'eyJhbGciOiJub25lIn0.e30.c2ln\n');
    expect(await documents()(ADDRESS)).toEqual(found('eyJhbGciOiJub25lIn0.e30.c2ln'));
  });

  it('may have moved, some times, and to https alone', async () => {
    const moving = (steps: number, to = '/moved/') => {
      answer = ({ url }, response) => {
        const at = Number(/\d+$/u.exec(url ?? '')?.[0] ?? 0);
        if (at > steps) response.end('{}');
        else response.writeHead(302, { location: `${to}${at + 1}` }).end();
      };
    };
    moving(3);
    expect(await documents()(ADDRESS)).toEqual(found({}));
    expect(asked).toHaveLength(4);
    moving(4);
    expect(await documents()(ADDRESS)).toEqual({ state: 'missing' });
    moving(1, 'http://college.example/moved/');
    expect(await documents()(ADDRESS)).toEqual({ state: 'unreachable' });
    moving(1, 'https://[');
    expect(await documents()(ADDRESS)).toEqual({ state: 'missing' });
  });

  it.each<[string, number, string, string]>([
    ['gone', 410, '', 'withdrawn'],
    ['not there', 404, '{}', 'missing'],
    ['no JSON', 200, '<html>', 'missing'],
    ['too large', 200, `"${'x'.repeat(DOCUMENT_BYTES_MAX)}"`, 'missing'],
    ['in trouble', 503, '{}', 'unreachable'],
    ['not ours to see', 401, '{}', 'unreachable'],
    ['somewhere, it does not say where', 302, '', 'unreachable'],
  ])('is %s', async (_, status, body, state) => {
    answering(status, {}, body);
    expect(await documents()(ADDRESS)).toEqual({ state });
  });

  it('is large, and what it takes is bounded: the rest is not read', async () => {
    let sent = 0;
    answer = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    };
    expect(await documents()(ADDRESS)).toEqual({ state: 'missing' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('breaks off, or never comes', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await documents()(ADDRESS)).toEqual({ state: 'unreachable' });
    answer = () => undefined;
    const since = performance.now();
    expect(await documents()(ADDRESS)).toEqual({ state: 'unreachable' });
    expect(performance.now() - since).toBeLessThan(15_000);
  });

  it.each([
    'http://college.example/1',
    'ftp://college.example',
    'https://a:b@college.example',
    '7',
  ])('is not asked for at %s', async (address) => {
    expect(await documents()(address)).toEqual({ state: 'unreachable' });
    expect(asked).toEqual([]);
  });

  it('is not asked for where whoever runs this says so', async () => {
    const off = documents(new RecordingSettings(0, false));
    expect(await off(ADDRESS)).toEqual({ state: 'off' });
    expect(asked).toEqual([]);
  });
});

it('asks no host of our own network, by whatever name', async () => {
  const ours = await openOwnHost();
  const read = new PublishedDocuments(new RecordingSettings()).forOneBody();
  const hosts = ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0'];
  for (const host of hosts)
    expect([host, await read(`https://${host}:${ours.port}/`)]).toEqual([
      host,
      { state: 'unreachable' },
    ]);
  expect(ours.connections()).toBe(0);
  ours.close();
});
