import { describe, expect, it } from '@jest/globals';
import type { Fact } from '#contracts';
import type { Vault } from '#vault';
import { noon } from './testing/learnings.js';
import type { Story } from './testing/story.js';
import { usingStory } from './testing/using-story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';

/** Accounts joined to a learner and parted from them: what they hold follows, by new entries. */
describe('merge, split and undo of accounts', () => {
  let vault: Vault;
  let story: Story;
  let uni: string;
  let mooc: string;

  usingStory((told) => {
    ({ vault, story, uni, mooc } = told);
  });

  const evidenceOf = async (n: number): Promise<readonly string[]> => {
    const opened = await story.system.journal.open(story.earnings);
    return (opened[n] as Fact<'achievement-earned'>['personal']).evidence;
  };

  it('a split withdraws what rested on both, and gives each what it earned alone', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    await story.claim('per_a', uni);
    await story.claim('per_a', mooc);
    await story.system.carry();
    expect([...(await story.stated())].toSorted()).toEqual(['+both', '+pass-x']);
    await story.release('per_a', uni);
    await story.system.carry();
    // Who had the account may have shown the credential: it is withdrawn, and issued anew.
    expect((await story.stated()).slice(2).toSorted()).toEqual(['+pass-x', '-both', '-pass-x']);
    expect(story.reasons()).toEqual(['account-released', 'account-released']);
    expect(await story.holders()).toEqual([uni]);
  });

  it('the undo of a split joins them again', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    for (const alias of [uni, mooc]) await story.claim('per_a', alias);
    await story.release('per_a', uni);
    await story.claim('per_a', uni);
    await story.system.carry(1);
    expect((await story.stated()).at(-1)).toBe('+both');
    expect(await story.holders()).toHaveLength(1);
  });

  it('gives to the right person what the wrong one had', async () => {
    await story.define('pass-x', { passed: X });
    await story.claim('per_wrong', uni);
    await story.learned(uni, { activity: X });
    await story.system.carry();
    await story.release('per_wrong', uni);
    await story.claim('per_right', uni);
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x', '+pass-x']);
    const [first, second] = story.earnings.map(
      ({ data }) => (data as { earnedId: string }).earnedId,
    );
    expect(second).toBe(`${first}-2`);
    expect(await vault.personsOf([uni])).toEqual(['per_right']);
  });

  it('states anew, on their own evidence, what a learner would hold without the account', async () => {
    await story.define('pass-x', { passed: X });
    const lent = await story.learned(uni, { activity: X, time: noon(1) });
    const own = await story.learned(mooc, { activity: X, provider: 'mooc', time: noon(2) });
    for (const alias of [uni, mooc]) await story.claim('per_a', alias);
    await story.system.carry();
    expect(await evidenceOf(0)).toEqual([lent]);
    await story.release('per_a', uni);
    await story.system.carry();
    expect(await story.holders()).toEqual([uni, mooc].toSorted());
    expect([...(await evidenceOf(1)), ...(await evidenceOf(2))].toSorted()).toEqual(
      [lent, own].toSorted(),
    );
  });

  it('a merge leaves one of two credentials for the same, and a split gives both back', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, time: noon(2) });
    await story.learned(mooc, { activity: X, provider: 'mooc', time: noon(1) });
    await story.system.carry();
    expect(await story.holders()).toEqual([uni, mooc].toSorted());
    for (const alias of [uni, mooc]) await story.claim('per_a', alias);
    await story.system.carry();
    expect(await story.holders()).toEqual([mooc]);
    expect(story.reasons()).toEqual(['held-already']);
    await story.release('per_a', uni);
    await story.system.carry();
    expect(await story.holders()).toEqual([uni, mooc].toSorted());
  });

  it('carries out what was decided, should nobody else have', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    for (const alias of [uni, mooc]) await story.claim('per_a', alias);
    expect(await vault.personsOf([uni, mooc])).toEqual([undefined, undefined]);
    await story.system.carry();
    expect(await vault.personsOf([uni, mooc])).toEqual(['per_a', 'per_a']);
    expect(await story.stated()).toEqual(['+both']);
  });

  it.each(['forwards', 'backwards'] as const)(
    'states nothing new when all is read again %s',
    async (order) => {
      await story.define('both', { all: [{ passed: X }, { passed: Y }] });
      await story.define('pass-x', { passed: X });
      await story.learned(uni, { activity: X });
      await story.learned(mooc, { activity: X, provider: 'mooc' });
      await story.learned(mooc, { activity: Y, provider: 'mooc' });
      await story.system.carry();
      for (const alias of [uni, mooc]) await story.claim('per_a', alias);
      await story.system.carry();
      await story.release('per_a', uni);
      await story.system.carry();
      await story.claim('per_b', uni);
      await story.system.carry();
      const before = [await story.stated(), await story.holders()];
      await story.readAgain(order);
      expect([await story.stated(), await story.holders()]).toEqual(before);
      expect(await vault.personsOf([uni, mooc])).toEqual(['per_b', 'per_a']);
    },
  );
});
