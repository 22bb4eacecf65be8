import { beforeEach, describe, expect, it } from '@jest/globals';
import { newAlias, newId } from '#kernel';
import type { ScopedIdentity, Vault } from '#vault';
import { usingVaults } from './using-vaults.js';

/** What every vault promises: the one in memory says the same as the real one. */
describe.each(usingVaults())('the vault %s', (_, createVault) => {
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

  it('says whom it knows, and makes nobody known by being asked', async () => {
    const a = await aliasOf(account('a'));
    const foreign = { ...account('a'), provider: newId('ver') };
    const asked = [account('b'), account('a'), foreign, account('a')];
    for (let n = 0; n < 2; n += 1)
      expect(await vault.knownAliases(asked)).toEqual([undefined, a, undefined, a]);
    expect(await vault.knownAliases([])).toEqual([]);
    const next = newAlias();
    await vault.handOver({ alias: a, next, from: 1_000 });
    const times = [{ ...account('a'), at: 999 }, { ...account('a'), at: 1_000 }, account('a')];
    expect(await vault.knownAliases(times)).toEqual([a, next, next]);
    await vault.createPerson(person);
    await vault.link(person, next, 1);
    await vault.destroy(person);
    expect((await vault.knownAliases(times))[0]).toBe(a);
    expect((await vault.knownAliases(times))[2]).not.toBe(next);
  });

  it('refuses an alias that this provider did not get', async () => {
    const alias = await aliasOf(account('a'));
    for (const foreign of [
      { provider: newId('ver'), identity: { alias } },
      { provider, identity: { alias: `${alias}x` } },
    ])
      await expect(vault.aliasesFor([foreign])).rejects.toMatchObject({ code: 'alias-unknown' });
  });

  it('no longer knows the account of who was erased, until the provider names them again', async () => {
    const alias = await aliasOf(account('a'));
    const elsewhere = { ...account('a'), provider: newId('ver') };
    expect(await vault.knownAliases([account('a'), elsewhere])).toEqual([alias, undefined]);
    await vault.createPerson(person);
    await vault.link(person, alias, 1);
    await vault.destroy(person);
    expect(await vault.knownAliases([account('a')])).toEqual([undefined]);
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

  it('knows who knows an alias, also once it is erased', async () => {
    const other = `${provider}-2`;
    const { homeAlias } = await vault.createPerson(person);
    const aliases = await vault.aliasesFor([
      account('a'),
      account('b'),
      { ...account('a'), provider: other },
    ]);
    await vault.link(person, aliases[0] ?? '', 1);
    const all = [homeAlias, 'urn:lrn:none', ...aliases];
    expect(await vault.providersOf(all)).toEqual([provider, other]);
    await vault.destroy(person);
    expect(await vault.providersOf(aliases.slice(0, 2))).toEqual([provider]);
    expect(await vault.providersOf([homeAlias])).toEqual([]);
    expect(await vault.providersOf([])).toEqual([]);
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
