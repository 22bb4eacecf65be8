import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { InMemoryLog } from '#testing';
import { AccumulationProjection } from './accumulation.projection.js';
import type { Story } from './testing/story.js';
import { usingStory } from './testing/using-story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';
const Z = 'https://uni.example/z';

describe('accumulation after a crash, in a rebuild and after an erasure', () => {
  let dataSource: DataSource;
  let log: InMemoryLog;
  let story: Story;
  let uni: string;
  let mooc: string;

  usingStory((told) => {
    ({ dataSource, log, story, uni, mooc } = told);
  });

  const outcome = async () => ({ stated: await story.stated(), holders: await story.holders() });

  /** One topic after the other, message by message. */
  const rebuildBy = async (topics: readonly string[]): Promise<void> => {
    const entries = [...log.entries];
    await story.system.rebuild();
    const projection = story.system.get(AccumulationProjection);
    for (const topic of topics)
      for (const entry of entries)
        if (entry.topic === topic) await story.system.handle(projection, [entry]);
  };

  it('states nothing again after a crash between statement and commit', async () => {
    await story.define('pass-x', { passed: X });
    await story.system.carry();
    await story.learned(uni, { activity: X });
    const batch = log.entries.slice(-1);
    const projection = story.system.get(AccumulationProjection);
    const crash = dataSource.transaction(async (tx) => {
      await projection.handle(batch, tx);
      throw new Error('crash');
    });
    await expect(crash).rejects.toThrow('crash');
    expect(await story.stated()).toEqual(['+pass-x']);
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x']);
    expect(await story.holders()).toEqual([uni]);
  });

  /** A history in which half of what happened would lead to something else than the whole. */
  const history = async (): Promise<void> => {
    await story.define('pass-x', { passed: X, minScore: 0.1 });
    await story.define('stack', { all: [{ achievement: 'pass-x' }, { passed: Y }] });
    await story.define('once', { passed: Z });
    await story.define('pass-x', { passed: X, minScore: 0.5 });
    await story.system.carry();
    await story.claim('per_a', uni);
    await story.claim('per_a', mooc);
    await story.learned(uni, { activity: X, eventId: 'x', result: { score: { scaled: 0.5 } } });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    // Known and voided together, so never earned.
    await story.learned(uni, { activity: Z, eventId: 'gone' });
    await story.voided('gone');
    await story.system.carry();
    // Enough for the first version only, which was no longer the current one.
    const bela = await story.alias('uni', 'bela');
    await story.learned(bela, { activity: X, result: { score: { scaled: 0.2 } } });
    await story.system.carry();
    await story.voided('x');
    await story.system.carry();
    await story.learned(uni, { activity: X, eventId: 'y', result: { score: { scaled: 0.9 } } });
    await story.system.carry();
    const [first, second] = [
      ['+pass-x', '+stack'],
      ['-stack', '-pass-x'],
    ];
    expect(await story.stated()).toEqual([...first, ...second, ...first]);
  };

  it.each([1, 2, 3, 100])('states nothing new in a rebuild by batches of %d', async (size) => {
    await history();
    const before = await outcome();
    await story.system.rebuild();
    await story.system.carry(size);
    expect(await outcome()).toEqual(before);
  });

  it.each([
    ['achievements.v1', 'learning-events.v1', 'identity.v1'],
    ['learning-events.v1', 'achievements.v1', 'identity.v1'],
    ['identity.v1', 'learning-events.v1', 'achievements.v1'],
    ['identity.v1', 'achievements.v1', 'learning-events.v1'],
  ])('nor if %s comes first, then %s, then %s', async (...order) => {
    await history();
    const before = await outcome();
    await rebuildBy(order);
    expect(await outcome()).toEqual(before);
  });

  it('nor if voids, which name nobody, come after everything else, or before it', async () => {
    await history();
    const before = await outcome();
    const projection = story.system.get(AccumulationProjection);
    const isVoid = ({ kind }: { readonly kind: string }) => kind === 'learning-event-voided';
    const entries = [...log.entries].filter(({ topic }) =>
      projection.topics.some((each) => each === topic),
    );
    const [voids, others] = [entries.filter(isVoid), entries.filter((each) => !isVoid(each))];
    for (const order of [
      [...others, ...voids],
      [...voids, ...others],
    ]) {
      await story.system.rebuild();
      for (const entry of order) await story.system.handle(projection, [entry]);
      expect(await outcome()).toEqual(before);
    }
  });

  it('nor if a correction that names another learner comes last', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.system.carry();
    await story.learned(mooc, { activity: X, eventId: 'two', supersedes: 'one' });
    await story.system.carry();
    const before = await outcome();
    expect(before).toEqual({ stated: ['+pass-x', '-pass-x', '+pass-x'], holders: [mooc] });
    const projection = story.system.get(AccumulationProjection);
    const [correction] = log.entries.filter(({ alias, kind }) => {
      return alias === mooc && kind === 'learning-event';
    });
    const entries = log.entries.filter((entry) => entry !== correction);
    await story.system.rebuild();
    for (const entry of [...entries, correction])
      if (entry) await story.system.handle(projection, [entry]);
    expect(await outcome()).toEqual(before);
  });

  it('judges who was postponed once the last is there, though nothing asks about that', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.learned(uni, { activity: Y, eventId: 'last' });
    await story.claim('per_a', uni);
    await story.system.carry();
    await story.voided('one');
    await story.system.rebuild();
    const projection = story.system.get(AccumulationProjection);
    const isLast = ({ data }: { readonly data: object }) =>
      'eventId' in data && data.eventId === 'last';
    const entries = [...log.entries].filter(({ topic }) =>
      projection.topics.some((each) => each === topic),
    );
    for (const entry of [...entries.filter((each) => !isLast(each)), ...entries.filter(isLast)])
      await story.system.handle(projection, [entry]);
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x']);
  });

  it('goes on after a rebuild as it would have without', async () => {
    await history();
    await story.system.rebuild();
    await story.system.carry(2);
    await story.learned(uni, { activity: Z });
    await story.voided('y');
    await story.system.carry(2);
    const [, , , , , , ...later] = await story.stated();
    expect(later.toSorted()).toEqual(['+once', '-pass-x', '-stack']);
  });

  it('forgets who was erased, whichever comes first, and withdraws nothing for it', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.claim('per_a', uni);
    await story.system.carry();
    expect((await story.rows()).length).toBeGreaterThan(0);
    await story.voided('other');
    await story.erase('per_a');
    await story.system.carry();
    expect(await story.rows()).toEqual([]);
    await rebuildBy(['identity.v1', 'achievements.v1', 'learning-events.v1']);
    expect(await story.rows()).toEqual([]);
    expect(log.entries.filter(({ kind }) => kind === 'achievement-withdrawn')).toEqual([]);
  });

  it('keeps nothing in plain text that says what was learned', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.voided('two');
    await story.system.carry();
    const rows = await story.rows();
    expect([...new Set(rows.map(({ table }) => table))]).toEqual(
      expect.arrayContaining(['learning', 'earned']),
    );
    expect(JSON.stringify(rows)).not.toMatch(/example|pass/u);
  });
});
