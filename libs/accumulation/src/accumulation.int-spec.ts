import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { InMemoryLog } from '#testing';
import type { Journal, StoredEntry } from '#log';
import { AccumulationProjection } from './accumulation.projection.js';
import { noon } from './testing/learnings.js';
import { definitionOf, type Story } from './testing/story.js';
import { usingStory } from './testing/using-story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';

describe('accumulation of learning', () => {
  let dataSource: DataSource;
  let log: InMemoryLog;
  let journal: Journal;
  let story: Story;
  let uni: string;
  let mooc: string;

  usingStory((told) => {
    ({ dataSource, log, story, uni, mooc } = told);
    ({ journal } = story.system);
  });

  it('states what was earned, once, on the alias of the learner, with evidence', async () => {
    await story.define('pass-x', { passed: X, minScore: 0.6 });
    const result = { score: { raw: 60, max: 100 } };
    const evidence = await story.learned(uni, { activity: X, result, time: noon(1) });
    await story.learned(uni, { activity: X, time: noon(2) });
    await story.learned(mooc, { activity: X, result: { score: { raw: 59, max: 100 } } });
    await story.system.carry();
    await story.system.carry(1);
    expect(await story.stated()).toEqual(['+pass-x']);
    expect(story.earnings[0]).toMatchObject({
      alias: uni,
      provider: 'uni',
      data: { earnedId: expect.stringMatching(/^ach_[a-z2-7]{26}$/u) },
    });
    const [personal] = await journal.open(story.earnings);
    expect(personal).toEqual({
      definition: definitionOf('pass-x', { passed: X, minScore: 0.6 }),
      provider: 'uni',
      version: 1,
      evidence: [evidence],
      earnedAt: noon(1),
    });
  });

  it('looks at nobody for an event that nothing asks about', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y });
    await story.system.carry();
    const keys = async (table: string): Promise<readonly string[]> => {
      const rows = await dataSource.query<{ key: string }[]>(
        `select distinct key from accumulation.${table} where key like 'urn:%' order by key`,
      );
      return rows.map(({ key }) => key);
    };
    expect(await keys('seen')).toEqual([uni, mooc].toSorted());
    expect(await keys('judged')).toEqual([uni]);
  });

  it('judges earlier learning by a definition that comes later', async () => {
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, workloadHours: 3 });
    await story.system.carry();
    await story.define('pass-x', { passed: X });
    await story.define('any-hours', { hours: 3 });
    await story.system.carry();
    expect([...(await story.stated())].toSorted()).toEqual(['+any-hours', '+pass-x']);
    expect(await story.holders()).toEqual([uni, mooc].toSorted());
  });

  it('finds who holds an achievement when something is defined that stacks on it', async () => {
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, time: noon(3) });
    await story.system.carry();
    await story.define('stack', { achievement: 'pass-x' });
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x', '+stack']);
    const [, stack] = await journal.open(story.earnings);
    expect(stack).toMatchObject({ earnedAt: noon(3) });
  });

  it('joins the accounts of a person, and states nothing again that another account holds', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.define('pass-x', { passed: X });
    await story.learned(uni, { activity: X, time: noon(1) });
    await story.learned(mooc, { activity: Y, time: noon(2), provider: 'mooc' });
    await story.claim('per_a', uni);
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x']);
    await story.claim('per_a', mooc);
    await story.learned(mooc, { activity: X, time: noon(0), provider: 'mooc' });
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x', '+both']);
    expect(story.earnings.map(({ alias }) => alias)).toEqual([uni, mooc]);
  });

  it('asks the streams where the read model lags behind', async () => {
    const projection = story.system.get(AccumulationProjection);
    await story.define('pass-x', { passed: X });
    await story.claim('per_a', uni);
    await story.claim('per_a', mooc);
    await story.system.carry();
    await story.learned(uni, { activity: X, time: noon(2) });
    await story.system.handle(projection, log.entries.slice(-1));
    // What was stated has not come back, and the next would be stated on the other account.
    await story.learned(mooc, { activity: X, time: noon(1), provider: 'mooc' });
    await story.system.handle(projection, log.entries.slice(-1));
    expect(await story.stated()).toEqual(['+pass-x']);
  });

  it('withdraws what fell before the statement came back', async () => {
    const projection = story.system.get(AccumulationProjection);
    await story.define('pass-x', { passed: X });
    await story.system.carry();
    await story.learned(uni, { activity: X, eventId: 'one' });
    await story.system.handle(projection, log.entries.slice(-1));
    await story.voided('one');
    await story.system.handle(projection, log.entries.slice(-1));
    expect(await story.stated()).toEqual(['+pass-x']);
    await story.system.handle(projection, story.earnings);
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x']);
  });

  /** The statement is in the log, what it rests on is not in the read model. */
  const crashAfterStating = async (): Promise<readonly StoredEntry[]> => {
    await story.define('pass-x', { passed: X });
    await story.claim('per_a', uni);
    await story.system.carry();
    await story.learned(uni, { activity: X, eventId: 'one' });
    const batch = log.entries.slice(-1);
    await expect(
      dataSource.transaction(async (tx) => {
        await story.system.get(AccumulationProjection).handle(batch, tx);
        throw new Error('the power went');
      }),
    ).rejects.toThrow('the power went');
    expect(await story.stated()).toEqual(['+pass-x']);
    return batch;
  };

  it('lets stand what was stated before a crash, also if the statement comes back first', async () => {
    const batch = await crashAfterStating();
    const projection = story.system.get(AccumulationProjection);
    await story.system.handle(projection, story.earnings);
    await story.system.handle(projection, batch);
    await story.system.carry();
    expect(await story.stated()).toEqual(['+pass-x']);
    expect(await story.holders()).toEqual([uni]);
  });

  it('withdraws it all the same if the account was released meanwhile', async () => {
    const batch = await crashAfterStating();
    const projection = story.system.get(AccumulationProjection);
    await story.release('per_a', uni);
    const released = log.entries.slice(-1);
    await story.voided('one');
    const voided = log.entries.slice(-1);
    await story.system.handle(projection, story.earnings);
    await story.system.handle(projection, released);
    await story.system.handle(projection, voided);
    expect(await story.stated()).toEqual(['+pass-x']);
    await story.system.handle(projection, batch);
    expect(await story.stated()).toEqual(['+pass-x', '-pass-x']);
  });

  it('withdraws when an account is released that carried it', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.learned(uni, { activity: X });
    await story.learned(mooc, { activity: Y, provider: 'mooc' });
    await story.claim('per_a', uni);
    await story.claim('per_a', mooc);
    await story.system.carry();
    await story.release('per_a', uni);
    await story.system.carry();
    expect(await story.stated()).toEqual(['+both', '-both']);
  });
});
