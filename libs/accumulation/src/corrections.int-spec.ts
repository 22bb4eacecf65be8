import { describe, expect, it } from '@jest/globals';
import type { InMemoryLog } from '#testing';
import { AccumulationProjection } from './accumulation.projection.js';
import { AchievementsController } from './achievements.controller.js';
import { definitionOf, type Story } from './testing/story.js';
import { usingStory } from './testing/using-story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';

describe('accumulation of what is corrected or voided, by definitions that change', () => {
  let log: InMemoryLog;
  let story: Story;
  let uni: string;
  let mooc: string;

  usingStory((told) => {
    ({ log, story, uni, mooc } = told);
  });

  it('withdraws when an event is voided, what stacks too, and states it anew', async () => {
    await story.define('pass-x', { passed: X });
    await story.define('stack', { achievement: 'pass-x' });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.system.carry();
    await story.voided('one', 'mooc');
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x', '+stack']);
    await story.voided('one');
    await story.system.carry();
    await story.learned(uni, { activity: X, eventId: 'two' });
    await story.system.carry();
    expect((await story.stated()).slice(2)).toEqual(['-stack', '-pass-x', '+pass-x', '+stack']);
    const ids = story.earnings.map(({ data }) => (data as { earnedId: string }).earnedId);
    expect(ids[2]).toBe(`${ids[0]}-2`);
  });

  it('lets a correction take away, also for another learner, and its void give back', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.system.carry();
    // It was somebody else who passed.
    await story.learned(mooc, { activity: X, eventId: 'two', supersedes: 'one' });
    await story.system.carry();
    expect(await story.holders()).toEqual([mooc]);
    await story.voided('two');
    await story.system.carry();
    expect(await story.holders()).toEqual([uni]);
  });

  it('lets who corrects for a provider take away and give, and say nothing new', async () => {
    const source = 'urn:llcl:qa:for.uni.lms';
    const of = (supersedes: string) => ({
      source,
      provider: 'uni',
      supersedes,
      supersedesSource: 'urn:llcl:uni:lms',
    });
    await story.define('pass-x', { passed: X });
    // Of what is not there, or was another's.
    await story.learned(uni, { activity: X, eventId: 'early', ...of('late') });
    await story.learned(mooc, { activity: Y, eventId: 'other' });
    await story.learned(uni, { activity: X, eventId: 'moved', ...of('other') });
    await story.system.carry();
    expect(await story.holders()).toEqual([]);
    await story.learned(uni, { activity: Y, eventId: 'late' });
    await story.system.carry();
    expect(await story.holders()).toEqual([uni]);
    await story.learned(uni, { ...of('early'), activity: Y, supersedesSource: source });
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x']);
  });

  it('sees a correction that names another activity', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.system.carry();
    await story.learned(uni, { activity: Y, eventId: 'two', supersedes: 'one' });
    await story.system.carry();
    await story.learned(uni, { activity: Y });
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x']);
  });

  it('judges by the version that was current when it was recorded, in any order of reading', async () => {
    await story.define('pass-x', { passed: X, minScore: 0.3 });
    const result = { score: { scaled: 0.4 } };
    await story.learned(uni, { activity: X, result });
    await story.define('pass-x', { passed: X, minScore: 0.6 });
    await story.learned(mooc, { activity: X, result, provider: 'mooc' });
    const projection = story.system.get(AccumulationProjection);
    const recorded = [...log.entries];
    const [first, event, second, late] = recorded;
    for (const order of [
      [second, late, event, first],
      [late, first, second, event],
      [event, late, second, first],
    ]) {
      for (const entry of order) if (entry) await story.system.handle(projection, [entry]);
      await story.system.carry();
      expect(await story.stated()).toEqual(['+pass-x']);
      expect(await story.holders()).toEqual([uni]);
      await story.system.rebuild();
    }
  });

  it('takes from a version what the next should have judged, when that is read late', async () => {
    const projection = story.system.get(AccumulationProjection);
    await story.define('pass-x', { passed: X, minScore: 0.3 });
    await story.define('pass-x', { passed: X, minScore: 0.6 });
    await story.learned(uni, { activity: X, result: { score: { scaled: 0.4 } } });
    const [first, second, event] = log.entries;
    for (const entry of [first, event]) if (entry) await story.system.handle(projection, [entry]);
    expect(await story.stated()).toEqual(['+pass-x']);
    await story.system.handle(projection, story.earnings);
    if (second) await story.system.handle(projection, [second]);
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x']);
  });

  it('never earns by an event that was voided before it arrived', async () => {
    await story.define('pass-x', { passed: X });
    await story.voided('one');
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.system.carry(1);
    expect(await story.stated()).toEqual([]);
  });

  it('publishes definitions, and lets nobody take one over', async () => {
    const controller = story.system.get(AchievementsController);
    const actor = { id: 'uni', role: 'provider' } as const;
    const definition = definitionOf('pass-x', { passed: X });
    expect(await controller.publish(definition, actor)).toMatchObject({ version: 1 });
    expect(await controller.publish(definition, actor)).toMatchObject({ version: 1 });
    const changed = { ...definition, name: 'Y' };
    expect(await controller.publish(changed, actor)).toMatchObject({ version: 2 });
    await expect(controller.publish(definition, { ...actor, id: 'mooc' })).rejects.toMatchObject({
      code: 'achievement-exists',
    });
    await expect(controller.read('nothing')).rejects.toMatchObject({ code: 'not-found' });
    await story.system.carry();
    expect(await controller.list()).toEqual({
      data: [{ provider: 'uni', version: 2, definition: changed }],
    });
  });
});
