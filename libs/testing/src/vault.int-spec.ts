import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as fc from 'fast-check';
import { newAlias, newId, SystemClock } from '#kernel';
import { SealingJournal } from '#log';
import {
  CachedVault,
  FileKeyRing,
  HttpVaultStore,
  KEY_CACHE_MS,
  PostgresVaultStore,
  type ScopedIdentity,
  type Vault,
  type VaultStore,
  vaultMigrations,
  vaultService,
} from '#vault';
import { createDatabase, type Database } from './create-database.js';
import { InMemoryLog } from './in-memory-log.js';
import { inMemoryVault } from './in-memory-vault.js';
import { serve } from './serve.js';

/** The database needs real ones. */
const NOT_FAKED = [
  'setImmediate',
  'setTimeout',
  'setInterval',
  'nextTick',
  'queueMicrotask',
] as const;

const TOKEN = 'a-token-of-the-installation';

let database: Database;
let service: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  database = await createDatabase(vaultMigrations);
  const vault = inMemoryVault();
  const clock = new SystemClock();
  const log = new InMemoryLog();
  const journal = new SealingJournal(log, vault, clock);
  service = await serve(vaultService(TOKEN), { db: database.dataSource, clock, vault, journal });
  url = await service.listen(0, '127.0.0.1').then(() => service.getUrl());
});
afterAll(async () => {
  await service.close();
  await database.close();
});

const keyRing = new FileKeyRing(mkdtempSync(join(tmpdir(), 'ledger-keys-')));
const vaults: readonly (readonly [name: string, create: () => Vault])[] = [
  ['in PostgreSQL', () => new CachedVault(new PostgresVaultStore(database.dataSource, keyRing))],
  ['over HTTP', () => new CachedVault(new HttpVaultStore(url, TOKEN))],
  ['in memory', inMemoryVault],
];

/** What every vault promises: the one in memory says the same as the real one. */
describe.each(vaults)('the vault %s', (_, createVault) => {
  let vault: Vault;
  let provider: string;
  let person: string;
  beforeEach(() => {
    vault = createVault();
    provider = newId('ver');
    person = newId('per');
  });
  const account = (name: string): ScopedIdentity => ({
    provider,
    identity: { account: { homePage: 'https://campus.example', name } },
  });
  const aliasOf = async (scoped: ScopedIdentity): Promise<string> =>
    (await vault.aliasesFor([scoped]))[0] ?? '';
  const seal = async (alias: string, context = 'evt_1|learning-event'): Promise<Uint8Array> =>
    (await vault.seal([{ alias, context, plaintext: { score: 1 } }]))[0] ?? new Uint8Array();
  const open = async (alias: string, sealed: Uint8Array, context = 'evt_1|learning-event') =>
    (await vault.open([{ alias, context, sealed }]))[0];

  it('knows a learner again, within one provider only', async () => {
    const [a, b, again] = await vault.aliasesFor([account('a'), account('b'), account('a')]);
    expect(again).toBe(a);
    expect(b).not.toBe(a);
    const elsewhere = await aliasOf({ ...account('a'), provider: newId('ver') });
    expect(elsewhere).not.toBe(a);
    expect(await aliasOf({ provider, identity: { alias: a ?? '' } })).toBe(a);
  });

  it('refuses an alias that this provider did not get', async () => {
    const alias = await aliasOf(account('a'));
    for (const foreign of [
      { provider: newId('ver'), identity: { alias } },
      { provider, identity: { alias: `${alias}x` } },
    ])
      await expect(vault.aliasesFor([foreign])).rejects.toMatchObject({ code: 'alias-unknown' });
  });

  it('opens what it sealed, under the same alias and context only', async () => {
    const [a = '', b = ''] = await vault.aliasesFor([account('a'), account('b')]);
    const sealed = await seal(a);
    expect(Buffer.from(sealed).includes('score')).toBe(false);
    expect(await open(a, sealed)).toEqual({ score: 1 });
    await expect(open(b, sealed)).rejects.toThrow();
    await expect(open(a, sealed, 'evt_2|learning-event')).rejects.toThrow();
    const tampered = Uint8Array.from(sealed, (byte, n) => (n === 14 ? byte ^ 1 : byte));
    await expect(open(a, tampered)).rejects.toThrow();
  });

  it('makes a person once, with a home alias that stays', async () => {
    const { homeAlias } = await vault.createPerson(person);
    expect(await vault.createPerson(person)).toEqual({ homeAlias });
    const alias = await aliasOf(account('a'));
    await vault.link(person, alias, 1);
    await vault.link(person, alias, 1);
    expect(await vault.aliasesOf(person)).toEqual([homeAlias, alias]);
    expect(await vault.personsOf([alias, homeAlias, 'urn:lrn:none'])).toEqual([
      person,
      person,
      undefined,
    ]);
    await vault.unlink(alias, 1);
    await vault.unlink(homeAlias, 2);
    expect(await vault.aliasesOf(person)).toEqual([homeAlias, alias]);
    await vault.unlink(alias, 2);
    expect(await vault.aliasesOf(person)).toEqual([homeAlias]);
  });

  it('carries out the latest decision about an alias, whoever brings the others when', async () => {
    const other = newId('per');
    const { homeAlias } = await vault.createPerson(person);
    await vault.createPerson(other);
    const alias = await aliasOf(account('a'));
    await vault.link(other, alias, 3);
    await vault.link(person, alias, 1);
    await vault.unlink(alias, 2);
    expect(await vault.personsOf([alias])).toEqual([other]);
    await vault.unlink(alias, 4);
    await vault.link(other, alias, 3);
    expect(await vault.personsOf([alias])).toEqual([undefined]);
    await vault.link(other, homeAlias, 9);
    expect(await vault.personsOf([homeAlias])).toEqual([person]);
  });

  it('knows nothing of a person it never saw', async () => {
    expect(await vault.aliasesOf(person)).toEqual([]);
    expect(await vault.profile(person)).toBeUndefined();
    const profile = { givenName: 'Ada', familyName: 'Lind' };
    await expect(vault.putProfile(person, profile)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps a name until it is replaced', async () => {
    await vault.createPerson(person);
    await vault.putProfile(person, { givenName: 'Ada', familyName: 'Lind' });
    const profile = { givenName: 'Ada', familyName: 'Berg', birthDate: '2001-02-03' };
    await vault.putProfile(person, profile);
    expect(await vault.profile(person)).toEqual(profile);
  });

  it('gives the account of an erased person another alias', async () => {
    const alias = await aliasOf(account('a'));
    const [mac] = await vault.contentMacs([{ alias, content: 'x' }]);
    expect(mac).toHaveLength(32);
    await vault.createPerson(person);
    await vault.link(person, alias, 1);
    await vault.destroy(person);
    const next = await aliasOf(account('a'));
    expect(next).not.toBe(alias);
    expect(await open(next, await seal(next))).toEqual({ score: 1 });
  });

  it('forgets an erased person for good', async () => {
    const { homeAlias } = await vault.createPerson(person);
    const alias = await aliasOf(account('a'));
    await vault.link(person, alias, 1);
    await vault.putProfile(person, { givenName: 'Ada', familyName: 'Lind' });
    const sealed = await seal(alias);
    const [before] = await vault.contentMacs([{ alias, content: 'x' }]);
    expect(before).toHaveLength(32);
    await vault.destroy(person);
    await vault.destroy(person);

    expect(await open(alias, sealed)).toBeUndefined();
    expect(await vault.contentMacs([{ alias, content: 'x' }])).toEqual([undefined]);
    for (const gone of [alias, homeAlias])
      await expect(seal(gone)).rejects.toMatchObject({ code: 'event-erased' });
    expect(await vault.aliasesOf(person)).toEqual([]);
    expect(await vault.personsOf([alias, homeAlias])).toEqual([undefined, undefined]);
    expect(await vault.profile(person)).toBeUndefined();
    // Who comes again under the same account is somebody new.
    expect(await aliasOf(account('a'))).not.toBe(alias);
    await vault.link(person, alias, 1);
    expect(await vault.personsOf([alias])).toEqual([undefined]);
  });
});

/** Who goes by whom, decided by hand: what any vault must come to in the end. */
const rootsAfter = (
  people: readonly string[],
  decisions: readonly (readonly [person: string, into: string | undefined])[],
): ReadonlyMap<string, string> => {
  const into = new Map<string, string | undefined>(decisions);
  return new Map(
    people.map((person) => {
      let root = person;
      for (let next = into.get(root); next !== undefined; next = into.get(root)) root = next;
      return [person, root];
    }),
  );
};

describe.each(vaults)('people who are one person, in the vault %s', (_, createVault) => {
  let vault: Vault;
  let provider: string;
  let ada: string;
  let adaAgain: string;
  beforeEach(async () => {
    vault = createVault();
    provider = newId('ver');
    [ada, adaAgain] = [newId('per'), newId('per')];
    for (const person of [ada, adaAgain]) await vault.createPerson(person);
  });
  const account = async (name: string, person: string): Promise<string> => {
    const identity = { account: { homePage: 'https://campus.example', name } };
    const [alias = ''] = await vault.aliasesFor([{ provider, identity }]);
    await vault.link(person, alias, 1);
    return alias;
  };

  it('have all that either had, under the name of one', async () => {
    const [uni, mooc] = [await account('a', ada), await account('b', adaAgain)];
    const [home = '', homeAgain = ''] = [
      (await vault.aliasesOf(ada))[0],
      (await vault.aliasesOf(adaAgain))[0],
    ];
    await vault.putProfile(ada, { givenName: 'Ada', familyName: 'Lind' });
    await vault.putProfile(adaAgain, { givenName: 'A.', familyName: 'L.' });
    await vault.merge(adaAgain, ada, 1);
    const all = [home, ...[uni, mooc, homeAgain].toSorted()];
    for (const person of [ada, adaAgain]) {
      expect(await vault.aliasesOf(person)).toEqual(all);
      expect(await vault.samePerson(person)).toEqual([ada, adaAgain]);
      expect(await vault.profile(person)).toEqual({ givenName: 'Ada', familyName: 'Lind' });
    }
    expect(await vault.personsOf([uni, mooc, homeAgain])).toEqual([ada, ada, ada]);
    await vault.split(adaAgain, 2);
    expect(await vault.aliasesOf(ada)).toEqual([home, uni]);
    expect(await vault.aliasesOf(adaAgain)).toEqual([homeAgain, mooc]);
    expect(await vault.personsOf([uni, mooc])).toEqual([ada, adaAgain]);
    expect(await vault.profile(adaAgain)).toEqual({ givenName: 'A.', familyName: 'L.' });
  });

  it('keep their names apart where one changes theirs while they are one', async () => {
    await vault.merge(adaAgain, ada, 1);
    await vault.putProfile(adaAgain, { givenName: 'Ada', familyName: 'Lind' });
    await vault.split(adaAgain, 2);
    expect(await vault.profile(adaAgain)).toBeUndefined();
    expect(await vault.profile(ada)).toEqual({ givenName: 'Ada', familyName: 'Lind' });
  });

  it('are erased each by themselves', async () => {
    const [mine, hers] = [await account('a', ada), await account('b', adaAgain)];
    await vault.merge(adaAgain, ada, 1);
    await vault.putProfile(ada, { givenName: 'Ada', familyName: 'Lind' });
    await vault.destroy(adaAgain);
    expect(await vault.areErased([mine, hers])).toEqual([false, true]);
    expect(await vault.profile(ada)).toEqual({ givenName: 'Ada', familyName: 'Lind' });
    await vault.destroy(ada);
    expect(await vault.areErased([mine, hers])).toEqual([true, true]);
    for (const person of [ada, adaAgain]) expect(await vault.aliasesOf(person)).toEqual([]);
    await vault.split(adaAgain, 2);
    expect(await vault.aliasesOf(adaAgain)).toEqual([]);
  });

  it('are nobody where nobody is known', async () => {
    const nobody = newId('per');
    expect(await vault.samePerson(nobody)).toEqual([]);
    await vault.merge(nobody, ada, 1);
    expect(await vault.samePerson(ada)).toEqual([ada]);
  });

  it('come to the same in any order of decisions, also repeated', async () => {
    const people = fc.constantFrom(0, 1, 2, 3);
    const asked = fc.array(fc.tuple(people, fc.option(people, { nil: undefined })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(asked, fc.infiniteStream(fc.nat()), async (wishes, dice) => {
        const crowd = [0, 1, 2, 3].map(() => newId('per'));
        for (const person of crowd) await vault.createPerson(person);
        // As they are decided: only who goes by nobody is merged, and into such a one.
        const into = new Map<number, number | undefined>();
        const versions = new Map<number, number>();
        const decisions = wishes.flatMap(([who, whom]) => {
          const isOne = (n: number): boolean => into.get(n) === undefined;
          if (whom !== undefined && (who === whom || !isOne(who) || !isOne(whom))) return [];
          if (whom === undefined && isOne(who)) return [];
          into.set(who, whom);
          versions.set(who, (versions.get(who) ?? 0) + 1);
          return [{ who, whom, version: versions.get(who) ?? 1 }];
        });
        const names = (n: number): string => crowd[n] ?? '';
        const shuffled = [...decisions, ...decisions]
          .map((decision) => ({ decision, at: dice.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at);
        for (const { decision } of shuffled) {
          const { who, whom, version } = decision;
          if (whom === undefined) await vault.split(names(who), version);
          else await vault.merge(names(who), names(whom), version);
        }
        const expected = rootsAfter(
          crowd,
          [...into].map(([who, whom]) => [
            names(who),
            whom === undefined ? undefined : names(whom),
          ]),
        );
        for (const person of crowd) {
          const root = expected.get(person) ?? '';
          const same = crowd.filter((each) => expected.get(each) === root && each !== root);
          expect(await vault.samePerson(person)).toEqual([root, ...same.toSorted()]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(vaults)('an account that changes hands, in the vault %s', (_, createVault) => {
  const identity = { account: { homePage: 'https://campus.example', name: 'u-204' } };
  const CHANGE = Date.parse('2026-03-01T00:00:00Z');
  let vault: Vault;
  let provider: string;
  let first: string;
  let second: string;
  beforeEach(async () => {
    vault = createVault();
    provider = newId('ver');
    first = await holder();
    second = newAlias();
    await vault.handOver({ alias: first, next: second, from: CHANGE });
  });
  const holder = async (at?: number): Promise<string> =>
    (await vault.aliasesFor([{ provider, identity, at }]))[0] ?? '';

  it('leads to who had it then', async () => {
    expect(await holder(CHANGE - 1)).toBe(first);
    expect(await holder(CHANGE)).toBe(second);
    expect(await holder()).toBe(second);
    expect(
      await vault.aliasesFor(
        [CHANGE - 1, undefined, CHANGE - 1].map((at) => ({ provider, identity, at })),
      ),
    ).toEqual([first, second, first]);
  });

  it('does so once, also if told again, and only for this account', async () => {
    const other = newAlias();
    await vault.handOver({ alias: first, next: second, from: CHANGE });
    await vault.handOver({ alias: first, next: other, from: CHANGE + 5 });
    await vault.handOver({ alias: 'urn:lrn:none', next: other, from: CHANGE });
    expect(await holder(CHANGE + 10)).toBe(second);
    const elsewhere = { provider: newId('ver'), identity };
    const [before, after] = await vault.aliasesFor([{ ...elsewhere, at: 0 }, elsewhere]);
    expect(after).toBe(before);
  });

  it('can do so more than once', async () => {
    const third = newAlias();
    await vault.handOver({ alias: second, next: third, from: CHANGE + 100 });
    expect(await Promise.all([CHANGE - 1, CHANGE + 99, CHANGE + 100].map(holder))).toEqual([
      first,
      second,
      third,
    ]);
  });

  it('is each holder’s own to claim, and each has a key of their own', async () => {
    const [before, after] = [newId('per'), newId('per')];
    for (const person of [before, after]) await vault.createPerson(person);
    await vault.link(before, first, 1);
    await vault.link(after, second, 1);
    expect(await vault.personsOf([first, second])).toEqual([before, after]);
    await vault.destroy(before);
    expect(await vault.areErased([first, second])).toEqual([true, false]);
    expect(await holder()).toBe(second);
    // Who comes late for the time of the erased one is somebody new, not the one who follows.
    const late = await holder(CHANGE - 1);
    expect([first, second]).not.toContain(late);
    expect(await holder(CHANGE - 1)).toBe(late);
  });

  it('does not lead back to the earlier holder when the later one is erased', async () => {
    const after = newId('per');
    await vault.createPerson(after);
    await vault.link(after, second, 1);
    await vault.destroy(after);
    const next = await holder();
    expect([first, second]).not.toContain(next);
    expect(await holder(CHANGE)).toBe(next);
    expect(await holder(CHANGE - 1)).toBe(first);
  });
});

it('notices within seconds that an account has changed hands in another process', async () => {
  const [here, there] = [1, 2].map(
    () => new CachedVault(new PostgresVaultStore(database.dataSource, keyRing)),
  ) as [CachedVault, CachedVault];
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
  const [here, there] = [1, 2].map(
    () => new CachedVault(new PostgresVaultStore(database.dataSource, keyRing)),
  ) as [CachedVault, CachedVault];
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
