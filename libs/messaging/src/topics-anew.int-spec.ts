import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { eventually } from './testing/eventually.js';
import { intakeSystems, some } from './testing/intake-system.js';
import { RemadeTopic, timesAnew } from './testing/remade-topic.js';

/** A reader that was not asking just then sees it when it looks, each half a minute. */
const SEEN_MS = 45_000;

jest.setTimeout(180_000);

const systems = intakeSystems();
let topic: RemadeTopic;
beforeEach(async () => {
  topic = await RemadeTopic.begin(systems());
});

describeWithKafka('an intake topic of which 50 messages were read', () => {
  it('is read on if it is the same', async () => {
    await topic.send(some(10, 50));
    expect((await topic.after(some(10, 50))).taken).toEqual([some(10, 50), 0]);
  });

  it.each([
    ['longer', 120],
    ['shorter', 20],
  ])('is read from its beginning if it was made anew and is %s', async (_, length) => {
    await topic.remake();
    await topic.send(some(length, 1_000));
    const { messaging, taken } = await topic.after(some(length, 1_000));
    expect(taken).toEqual([some(length, 1_000), 1]);
    expect(await topic.system.registered(50 + length)).toEqual([
      ...some(50),
      ...some(length, 1_000),
    ]);
    await messaging.stop();
    await topic.send(some(5, 2_000));
    expect((await topic.after(some(5, 2_000))).taken).toEqual([some(5, 2_000), 0]);
  });

  it.each([
    ['what was read', 40, some(30, 50)],
    ['more than was read', 60, some(20, 60)],
  ])('is not taken for another when time took away %s', async (_, first, left) => {
    await topic.send(some(30, 50));
    await topic.trimTo(first);
    expect((await topic.after(left)).taken).toEqual([left, 0]);
  });

  it('is read from its beginning by readers that ran all the while', async () => {
    const { system, uni } = topic;
    const readers = [await system.start(), await system.start()];
    await topic.send(some(10, 50));
    await uni.answered(60);
    await topic.remake();
    await uni.names(some(200, 1_000));
    expect(await system.registered(260)).toEqual([...some(60), ...some(200, 1_000)]);
    const times = await eventually(
      () => readers.map((reader) => timesAnew(reader) ?? 0),
      (now) => now.some((n) => n > 0),
      SEEN_MS,
    );
    expect(times.reduce((sum, n) => sum + n)).toBe(1);
  });

  it('leaves the letters of the old one as they were', async () => {
    const reader = await topic.system.start();
    await topic.send(['no to the old']);
    await topic.uni.answered(51);
    await reader.stop();
    await topic.remake();
    await topic.send([...some(50, 1_000), 'no to the new']);
    const { messaging } = await topic.after(['no to the new']);
    const letters = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length === 2,
    );
    expect(letters.map(({ seq, log }) => [seq, log])).toEqual([
      [50, expect.stringMatching(/^kafka\/.{22}$/u)],
      [50, 'kafka'],
    ]);
    for (const { id } of letters) expect(await messaging.deadLetters.retry(id)).toBe(false);
    const codes = (await messaging.deadLetters.list()).map(({ reasonCode }) => reasonCode);
    expect(codes).toEqual(['invalid-input', 'invalid-input']);
  });
});
