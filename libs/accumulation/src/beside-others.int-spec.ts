import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { type InMemoryLog, lockWaits } from '#testing';
import type { StoredEntry } from '#log';
import { AccumulationProjection } from './accumulation.projection.js';
import type { Story } from './testing/story.js';
import { type Parts, System } from './testing/system.js';
import { usingStory } from './testing/using-story.js';

const X = 'https://uni.example/x';
const Y = 'https://mooc.example/y';
const SOON_MS = 10_000;

describe('batches beside each other', () => {
  let parts: Parts;
  let dataSource: DataSource;
  let log: InMemoryLog;
  let story: Story;
  let uni: string;
  let mooc: string;

  usingStory((told) => {
    parts = told;
    ({ dataSource, log, story, uni, mooc } = told);
  });

  /** The entries that something appends. */
  const entriesOf = async (append: () => Promise<unknown>): Promise<readonly StoredEntry[]> => {
    const { length } = log.entries;
    await append();
    return log.entries.slice(length);
  };
  /** Handles a batch, as another process would, and commits once told to. */
  const begin = async (batch: readonly StoredEntry[]) => {
    const [handled, allowed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const projection = (await System.start(parts)).get(AccumulationProjection);
    const committed = dataSource.transaction(async (tx) => {
      await projection.handle(batch, tx);
      handled.resolve();
      await allowed.promise;
    });
    const commit = async (): Promise<void> => {
      allowed.resolve();
      await committed;
    };
    return { handled: Promise.race([handled.promise, committed]), commit };
  };
  /** Whether a batch comes to wait for the lock. */
  const isOneWaiting = async (): Promise<boolean> => {
    for (const deadline = Date.now() + SOON_MS; Date.now() < deadline; await sleep(10))
      if ((await lockWaits(dataSource)) === 1) return true;
    return false;
  };
  /** Handles one batch while the other is not committed yet, and must wait for it. */
  const oneAfterTheOther = async (
    first: readonly StoredEntry[],
    second: readonly StoredEntry[],
  ): Promise<void> => {
    const before = await begin(first);
    await before.handled;
    const after = await begin(second);
    const isWaiting = await isOneWaiting();
    await before.commit();
    expect(isWaiting).toBe(true);
    await after.handled;
    await after.commit();
  };

  it('keeps events that nothing asks about while others are kept', async () => {
    const ours = await begin(await entriesOf(() => story.learned(uni, { activity: X })));
    await ours.handled;
    const theirs = await begin(
      await entriesOf(() => story.learned(mooc, { activity: X, provider: 'mooc' })),
    );
    await theirs.handled;
    await theirs.commit();
    await ours.commit();
    const kept = await dataSource.query<unknown[]>('select from accumulation.learning');
    expect(kept).toHaveLength(2);
  });

  it('judges by a definition what was not committed yet when it came', async () => {
    const learned = await entriesOf(() => story.learned(uni, { activity: X }));
    await oneAfterTheOther(learned, await entriesOf(() => story.define('pass-x', { passed: X })));
    expect(await story.stated()).toEqual(['+pass-x']);
  });

  it('judges what comes while a definition is not committed yet', async () => {
    const defined = await entriesOf(() => story.define('pass-x', { passed: X }));
    await oneAfterTheOther(defined, await entriesOf(() => story.learned(uni, { activity: X })));
    expect(await story.stated()).toEqual(['+pass-x']);
  });

  it.each(['the event', 'the void'])('counts nothing that is voided: %s first', async (first) => {
    await story.define('pass-x', { passed: X });
    await story.system.carry();
    const learned = await entriesOf(() => story.learned(uni, { activity: X, eventId: 'one' }));
    const voided = await entriesOf(() => story.voided('one'));
    await (first === 'the event'
      ? oneAfterTheOther(learned, voided)
      : oneAfterTheOther(voided, learned));
    await story.system.carry();
    expect(await story.holders()).toEqual([]);
  });

  it('counts no event that was voided while nothing asked about it', async () => {
    const learned = await entriesOf(() => story.learned(uni, { activity: X, eventId: 'one' }));
    await oneAfterTheOther(learned, await entriesOf(() => story.voided('one')));
    await story.define('pass-x', { passed: X });
    await story.system.carry();
    expect(await story.stated()).toEqual([]);
  });

  it('judges one after the other what is asked about, each knowing the one before', async () => {
    await story.define('both', { all: [{ passed: X }, { passed: Y }] });
    await story.claim('per_a', uni);
    await story.claim('per_a', mooc);
    await story.system.carry();
    const ours = await entriesOf(() => story.learned(uni, { activity: X }));
    const theirs = await entriesOf(() => story.learned(mooc, { activity: Y, provider: 'mooc' }));
    await oneAfterTheOther(ours, theirs);
    expect(await story.stated()).toEqual(['+both']);
  });
});
