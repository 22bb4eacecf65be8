import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { eventually } from './testing/eventually.js';
import { complete, isInOrder, upTo } from './testing/kafka-system.js';
import {
  add,
  db,
  first,
  log,
  projectionsOnKafka,
  second,
  system,
} from './testing/projections-on-kafka.js';
import { readTopic } from './testing/read-topic.js';

jest.setTimeout(90_000);

const published = () => readTopic(system.kafka, 'learning-events.v1', log.name, system.prefix);

projectionsOnKafka('recorder');
beforeEach(() => add(400));

describeWithKafka('backfill', () => {
  it('has a relay that is idle publish all again as it was; readers skip it', async () => {
    const messaging = await system.started(db(), log, [first]);
    await complete(db(), first, 400);
    expect(await messaging.published()).toBe(399);
    await system.service(db(), log, [first]).republish();
    const records = await eventually(published, ({ length }) => length >= 800);
    expect(records.length).toBeGreaterThanOrEqual(800);
    const said = new Map<number, number>();
    for (const { seq, previous } of records) {
      expect(said.get(seq) ?? previous).toBe(previous);
      said.set(seq, previous);
    }
    expect(
      await eventually(
        () => messaging.published(),
        (seq) => seq === 399,
      ),
    ).toBe(399);
    log.add('learning-event', 'urn:lrn:1');
    expect(await complete(db(), first, 401)).toEqual(upTo(401));
  });

  it('brings a new reader to the same state when Kafka has lost everything', async () => {
    const before = await system.started(db(), log, [first]);
    await complete(db(), first, 400);
    await before.stop();
    const admin = system.kafka.admin();
    await admin.connect();
    const topic = `${system.prefix}learning-events.v1`;
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => !(await admin.listTopics()).includes(topic), Boolean);
    await admin.disconnect();
    const after = await system.started(db(), log, [first, second]);
    await after.republish();
    log.add('learning-event', 'urn:lrn:1');
    expect(await complete(db(), second, 401, 60_000)).toEqual(upTo(401));
    expect(await isInOrder(db(), second)).toBe(true);
    expect(await complete(db(), first, 401)).toEqual(upTo(401));
  });

  it('is refused where there is no Kafka', async () => {
    const embedded = system.service(db(), log, [first], { brokers: [] });
    await expect(embedded.republish()).rejects.toThrow('not-found');
    await expect(embedded.rereadIntake()).rejects.toThrow('not-found');
  });
});
