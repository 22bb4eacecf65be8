import type { Kafka } from 'kafkajs';
import type { Topic } from '#contracts';
import type { Carried } from '../due.js';
import { fromRecord } from '../kafka-record.js';

/** Everything of one log that a topic holds, in the order of each partition. */
export const readTopic = async (kafka: Kafka, topic: Topic, log: string, prefix = '') => {
  const name = `${prefix}${topic}`;
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(name);
  await admin.disconnect();
  const left = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  for (const [partition, high] of left) if (high === 0) left.delete(partition);
  const read: (Carried & { readonly partition: number })[] = [];
  const consumer = kafka.consumer({
    groupId: `reading-${log}-${Math.random()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  const isDone = Promise.withResolvers<void>();
  if (left.size === 0) isDone.resolve();
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      const { partition } = batch;
      read.push(...batch.messages.map((record) => ({ ...fromRecord(topic, record), partition })));
      if (Number(batch.lastOffset()) >= (left.get(partition) ?? 0) - 1) left.delete(partition);
      if (left.size === 0) isDone.resolve();
      return Promise.resolve();
    },
  });
  await isDone.promise;
  await consumer.disconnect();
  return read.filter((carried) => carried.log === log);
};
