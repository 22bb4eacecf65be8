import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Vault } from '#vault';
import { noon } from './testing/learnings.js';
import type { Story } from './testing/story.js';
import { usingStory } from './testing/using-story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';

/** Ada has signed up twice: what she holds follows, and follows back. */
describe('a person who signed up twice', () => {
  let vault: Vault;
  let story: Story;
  let uni: string;
  let mooc: string;

  usingStory((told) => {
    ({ vault, story, uni, mooc } = told);
  });
  beforeEach(async () => {
    await story.claim('per_ada', uni);
    await story.claim('per_ada2', mooc);
  });

  const sorted = async (): Promise<readonly string[]> => [...(await story.stated())].toSorted();

  it('earns what both together earn, and loses it when they are parted', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    await story.system.carry();
    expect(await story.stated()).toEqual([]);
    await story.merge('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await story.stated()).toEqual(['+both']);
    await story.split('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await story.stated()).toEqual(['+both', '-both']);
    expect(await story.holders()).toEqual([]);
    await story.merge('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await story.stated()).toEqual(['+both', '-both', '+both']);
  });

  it('keeps what either holds alone, untouched, through a merge and its undo', async () => {
    await story.define('pass-x', { passed: X });
    await story.define('pass-y', { passed: Y });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    await story.system.carry();
    for (const change of [story.merge.bind(story), story.split.bind(story)]) {
      await change('per_ada', 'per_ada2');
      await story.system.carry();
      expect(await sorted()).toEqual(['+pass-x', '+pass-y']);
    }
    expect(await story.holders()).toEqual([uni, mooc].toSorted());
  });

  it('holds once what both held, and both hold it again when parted', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, time: noon(2) });
    await story.learned(mooc, { activity: X, provider: 'mooc', time: noon(1) });
    await story.system.carry();
    expect(await story.holders()).toHaveLength(2);
    await story.merge('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await story.holders()).toEqual([mooc]);
    expect(story.reasons()).toEqual(['held-already']);
    await story.split('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await story.holders()).toEqual([uni, mooc].toSorted());
  });

  it('has what she reported to either home', async () => {
    const { homeAlias } = await vault.createPerson('per_ada2');
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.learned(uni, { activity: X });
    await story.learned(homeAlias, { activity: Y, provider: 'self' });
    await story.merge('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await story.stated()).toEqual(['+both']);
  });

  it('keeps an account claimed while she was one with whom she was then', async () => {
    await story.define('pass-x', { passed: X });
    const late = await story.alias('uni', 'late');
    await story.learned(late, { activity: X });
    await story.merge('per_ada', 'per_ada2');
    await story.claim('per_ada', late);
    await story.system.carry();
    await story.split('per_ada', 'per_ada2');
    await story.system.carry();
    expect(await vault.personsOf([late, uni, mooc])).toEqual(['per_ada', 'per_ada', 'per_ada2']);
    expect(await story.stated()).toEqual(['+pass-x']);
  });

  it('is followed where only the log says so, in batches of one', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.merge('per_ada', 'per_ada2');
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    await story.learned(uni, { activity: X });
    await story.system.carry(1);
    expect(await vault.samePerson('per_ada2')).toEqual(['per_ada', 'per_ada2']);
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
      await story.merge('per_ada', 'per_ada2');
      await story.system.carry();
      await story.split('per_ada', 'per_ada2');
      await story.system.carry();
      await story.merge('per_ada2', 'per_ada');
      await story.system.carry();
      const before = [await story.stated(), await story.holders()];
      await story.readAgain(order);
      expect([await story.stated(), await story.holders()]).toEqual(before);
      expect(await vault.personsOf([uni, mooc])).toEqual(['per_ada2', 'per_ada2']);
    },
  );
});
