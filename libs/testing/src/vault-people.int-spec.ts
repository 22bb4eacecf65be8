import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { newId } from '#kernel';
import type { Vault } from '#vault';
import { usingVaults } from './using-vaults.js';

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

describe.each(usingVaults())('people who are one person, in the vault %s', (_, createVault) => {
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
