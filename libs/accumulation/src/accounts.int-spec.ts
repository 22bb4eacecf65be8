import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database, fixedClock, InMemoryLog, inMemoryVault } from '#testing';
import type { Fact } from '#contracts';
import type { Vault } from '#vault';
import { AccumulationProjection } from './accumulation.projection.js';
import { accumulation } from './index.js';
import { noon } from './testing/learnings.js';
import { Story } from './testing/story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';

/** Accounts joined to a learner and parted from them: what they hold follows, by new entries. */
describe('merge, split and undo of accounts', () => {
  let database: Database;
  let log: InMemoryLog;
  let vault: Vault;
  let story: Story;
  let uni: string;
  let mooc: string;

  beforeAll(async () => {
    database = await createDatabase(accumulation.migrations);
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    vault = inMemoryVault();
    log = new InMemoryLog();
    const clock = fixedClock('2026-06-01T08:00:00.000Z');
    story = await Story.begin({ dataSource: database.dataSource, vault, log, clock });
    uni = await story.alias('uni');
    mooc = await story.alias('mooc');
  });

  const reasons = (): readonly string[] =>
    log.entries.flatMap(({ kind, data }) =>
      kind === 'achievement-withdrawn'
        ? [(data as Fact<'achievement-withdrawn'>['data']).reason]
        : [],
    );
  const evidenceOf = async (n: number): Promise<readonly string[]> => {
    const opened = await story.system.journal.open(story.earnings);
    return (opened[n] as Fact<'achievement-earned'>['personal']).evidence;
  };
  /** All entries once more, in another order, into empty read models. */
  const readAgain = async (order: 'forwards' | 'backwards'): Promise<void> => {
    const entries = order === 'forwards' ? [...log.entries] : log.entries.toReversed();
    await story.system.rebuild();
    const projection = story.system.get(AccumulationProjection);
    for (const entry of entries)
      if (projection.topics.some((topic) => topic === entry.topic))
        await story.system.handle(projection, [entry]);
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
    expect(reasons()).toEqual(['account-released', 'account-released']);
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
    expect(reasons()).toEqual(['held-already']);
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
      await readAgain(order);
      expect([await story.stated(), await story.holders()]).toEqual(before);
      expect(await vault.personsOf([uni, mooc])).toEqual(['per_b', 'per_a']);
    },
  );
});
