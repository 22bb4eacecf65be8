import { expect, it, jest } from '@jest/globals';
import { newAlias, newId } from '#kernel';
import { CachedVault, KEY_CACHE_MS, type VaultStore } from '#vault';
import { usingVaults } from './using-vaults.js';

/** The database needs real ones. */
const NOT_FAKED = [
  'setImmediate',
  'setTimeout',
  'setInterval',
  'nextTick',
  'queueMicrotask',
] as const;

/** Each is another process, so to speak. */
const [[, inPostgres]] = usingVaults();

it('notices within seconds that an account has changed hands in another process', async () => {
  const [here, there] = [inPostgres(), inPostgres()];
  const scoped = {
    provider: newId('ver'),
    identity: { account: { homePage: 'https://campus.example', name: 'u-204' } },
  };
  const holder = async () => (await here.aliasesFor([scoped]))[0] ?? '';
  const first = await holder();
  expect(await holder()).toBe(first);
  const next = newAlias();
  await there.handOver({ alias: first, next, from: Date.now() });
  jest.useFakeTimers({ now: Date.now() + KEY_CACHE_MS, doNotFake: [...NOT_FAKED] });
  try {
    expect(await holder()).toBe(next);
  } finally {
    jest.useRealTimers();
  }
});

it('notices within seconds that another process has erased a learner', async () => {
  const [here, there] = [inPostgres(), inPostgres()];
  const [provider, person] = [newId('ver'), newId('per')];
  const identity = { account: { homePage: 'https://campus.example', name: 'a' } };
  const aliasOf = async () => (await here.aliasesFor([{ provider, identity }]))[0] ?? '';
  const alias = await aliasOf();
  await here.contentMacs([{ alias, content: 'x' }]);
  await there.createPerson(person);
  await there.link(person, alias, 1);
  await there.destroy(person);
  jest.useFakeTimers({ now: Date.now() + KEY_CACHE_MS, doNotFake: [...NOT_FAKED] });
  try {
    const next = await aliasOf();
    expect(next).not.toBe(alias);
    expect((await here.contentMacs([{ alias: next, content: 'x' }]))[0]).toHaveLength(32);
  } finally {
    jest.useRealTimers();
  }
});

it('asks for many keys at once, before they expire, and not for those that nobody uses', async () => {
  const asked: string[][] = [];
  const dataKeys = (aliases: readonly string[]) => {
    asked.push([...aliases]);
    return Promise.resolve(aliases.map(() => ({ bytes: new Uint8Array(32) })));
  };
  const vault = new CachedVault({ dataKeys } as Partial<VaultStore> as VaultStore);
  const use = (...aliases: string[]) =>
    vault.contentMacs(aliases.map((alias) => ({ alias, content: 'x' })));
  const began = Date.now();
  const after = (ms: number) => jest.setSystemTime(began + ms);
  jest.useFakeTimers({ now: began, doNotFake: [...NOT_FAKED] });
  try {
    await use('a', 'b', 'once');
    await use('a', 'b');
    after(KEY_CACHE_MS / 2);
    await use('new');
    expect(asked).toEqual([
      ['a', 'b', 'once'],
      ['new', 'a', 'b'],
    ]);
    after(KEY_CACHE_MS);
    await use('a', 'b');
    expect(asked).toHaveLength(2);
    after(2 * KEY_CACHE_MS);
    await use('once');
    expect(asked.slice(2)).toEqual([['once', 'a', 'b']]);
  } finally {
    jest.useRealTimers();
  }
});
