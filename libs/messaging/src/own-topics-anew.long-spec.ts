import { expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { logTopics } from './kafka-topics.js';
import { eventually } from './testing/eventually.js';
import { complete, isInOrder, upTo } from './testing/kafka-system.js';
import { add, db, first, log, projectionsOnKafka, system } from './testing/projections-on-kafka.js';

jest.setTimeout(90_000);

projectionsOnKafka('recorder');

const TOPIC = 'learning-events.v1';
const ends = async (): Promise<readonly { partition: number; end: number }[]> => {
  const admin = system.kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(`${system.prefix}${TOPIC}`);
  await admin.disconnect();
  return offsets.map(({ partition, high }) => ({ partition, end: Number(high) }));
};

describeWithKafka('a topic of the log that is made anew', () => {
  it('is read from its beginning, also if what is missing lies before the place', async () => {
    add(400);
    const before = await system.started(db(), log, [first]);
    await complete(db(), first, 400);
    await before.stop();
    add(100);
    await system.remake([TOPIC], logTopics);
    const relay = system.service(db(), log, []);
    await relay.republish();
    await relay.start();
    await eventually(ends, (all) => all.reduce((sum, { end }) => sum + end, 0) >= 500);
    await relay.stop();
    // As if records had been in the old one twice: its offsets went farther for the same messages.
    for (const { partition, end } of await ends())
      await db().query('update messaging.place set next_offset = $1 where partition = $2', [
        end,
        partition,
      ]);
    const after = await system.started(db(), log, [first]);
    expect(await complete(db(), first, 500)).toEqual(upTo(500));
    expect(await isInOrder(db(), first)).toBe(true);
    expect(after.status().projections).toMatchObject([{ name: 'first', topicsAnew: 1, lag: 0 }]);
  });

  it('is read on from the place if it is the same', async () => {
    add(400);
    const before = await system.started(db(), log, [first]);
    await complete(db(), first, 400);
    await before.stop();
    add(100);
    const handled: number[] = [];
    first.before = (batch) => void handled.push(...batch.map(({ seq }) => seq));
    const after = await system.started(db(), log, [first]);
    expect(await complete(db(), first, 500)).toEqual(upTo(500));
    expect(handled.length).toBe(100);
    expect(after.status().projections).toMatchObject([{ topicsAnew: 0 }]);
  });
});
