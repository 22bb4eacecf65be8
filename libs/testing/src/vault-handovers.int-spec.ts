import { beforeEach, describe, expect, it } from '@jest/globals';
import { newAlias, newId } from '#kernel';
import type { Vault } from '#vault';
import { usingVaults } from './using-vaults.js';

describe.each(usingVaults())('an account that changes hands, in the vault %s', (_, createVault) => {
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
