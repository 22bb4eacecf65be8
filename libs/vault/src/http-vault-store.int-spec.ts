import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpVaultStore } from './http-vault-store.js';

/** What a body of the vault's own process may have. */
const BODY_BYTES_MAX = 1024 * 1024;

describe('the vault in another process', () => {
  const sizes: number[] = [];
  let server: Server;
  let store: HttpVaultStore;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = await text(request);
      sizes.push(Buffer.byteLength(body));
      const [items] = JSON.parse(body) as [{ identity?: { account: { name: string } } }[]];
      // A provider of each call alone, and one of all.
      const result =
        request.url === '/vault/providersOf'
          ? [`uni-${9 - sizes.length}`, 'academy']
          : items.map((item) =>
              item.identity ? `alias of ${item.identity.account.name.trim()}` : null,
            );
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    store = new HttpVaultStore(`http://127.0.0.1:${port}`, 'a-token-of-the-tests');
  });
  afterAll(() => {
    server.close();
  });

  it('is asked for very many in calls that it takes, and answers in order', async () => {
    const homePage = `https://${'x'.repeat(2_040)}`;
    const asked = Array.from({ length: 2_000 }, (_, n) => ({
      provider: 'uni',
      identity: { account: { homePage, name: String(n).padEnd(256) } },
    }));
    expect(await store.aliasesFor(asked)).toEqual(asked.map((_, n) => `alias of ${n}`));
    expect(await store.dataKeys(asked.map((_, n) => `urn:lrn:${n}`))).toEqual(
      asked.map(() => undefined),
    );
    expect(Math.max(...sizes)).toBeLessThan(BODY_BYTES_MAX);
    const calls = sizes.length;
    expect(await store.aliasesFor([])).toEqual([]);
    expect(sizes).toHaveLength(calls + 1);
  });

  it('takes the longest names in letters of three bytes', async () => {
    const asked = Array.from({ length: 300 }, (_, n) => ({
      provider: 'uni',
      identity: {
        account: { homePage: '\u5b66'.repeat(2_048), name: `${n}${'\u5b66'.repeat(250)}` },
      },
    }));
    expect(await store.aliasesFor(asked)).toHaveLength(300);
    expect(Math.max(...sizes)).toBeLessThan(BODY_BYTES_MAX);
  });

  it('is asked for the providers of very many in calls that it takes, each told once', async () => {
    sizes.length = 0;
    const aliases = Array.from({ length: 700 }, (_, n) => `urn:lrn:${n}`);
    expect(await store.providersOf(aliases)).toEqual(['academy', 'uni-6', 'uni-7', 'uni-8']);
    expect(await store.personsOf(aliases)).toEqual(aliases.map(() => undefined));
    expect(sizes).toHaveLength(6);
  });
});
