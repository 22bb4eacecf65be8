import kafkajs from 'kafkajs';
import { type EntryKind, topicOf, topics } from '#contracts';
import type { Entry } from './ledger.js';
import type { Violations } from './recorded.js';

/** What a record on one of our topics says of its place. */
export interface Published {
  readonly topic: string;
  readonly partition: number;
  readonly log: string;
  readonly seq: number;
  readonly previous: number;
}

/** Everything on our topics, in the order of each partition. */
export const readTopics = async (broker: string, prefix: string): Promise<readonly Published[]> => {
  const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map<string, number>();
  for (const topic of topics)
    for (const { partition, high, low } of await admin.fetchTopicOffsets(`${prefix}${topic}`))
      if (Number(high) > Number(low)) ends.set(`${prefix}${topic}/${partition}`, Number(high) - 1);
  await admin.disconnect();
  const published: Published[] = [];
  if (ends.size === 0) return published;
  const consumer = kafka.consumer({ groupId: `${prefix}reader-${Math.random()}` });
  const complete = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({
    topics: topics.map((topic) => `${prefix}${topic}`),
    fromBeginning: true,
  });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ topic, partition, message: { headers = {}, offset } }) => {
      published.push({
        topic: topic.slice(prefix.length),
        partition,
        log: String(headers['ce_ledgerlog']),
        seq: Number(String(headers['ce_ledgerseq'])),
        previous: Number(String(headers['ce_ledgerprevious'])),
      });
      const lane = `${topic}/${partition}`;
      if (Number(offset) >= (ends.get(lane) ?? -1)) ends.delete(lane);
      if (ends.size === 0) complete.resolve();
      return Promise.resolve();
    },
  });
  await complete.promise;
  await consumer.disconnect();
  return published;
};

/**
 * (5) Each entry is on its topic; what is there again was there before; and in each partition every
 * record names the one before it.
 */
export const checkTopics = (
  published: readonly Published[],
  entries: readonly Pick<Entry, 'log' | 'seq' | 'kind'>[],
): Violations => {
  const violations: string[] = [];
  const last = new Map<string, number>();
  const there = new Set<string>();
  for (const { topic, partition, log, seq, previous } of published) {
    there.add(`${topic} ${log} ${seq}`);
    const lane = `${topic}/${partition} of ${log}`;
    const before = last.get(lane) ?? -1;
    if (seq <= before) continue;
    if (previous !== before)
      violations.push(`${lane}: ${seq} follows ${before} and says it follows ${previous}`);
    last.set(lane, seq);
  }
  const expected = new Set(
    entries.map(({ log, seq, kind }) => `${topicOf[kind as EntryKind]} ${log} ${seq}`),
  );
  for (const each of expected) if (!there.has(each)) violations.push(`${each} was not published`);
  for (const each of there) if (!expected.has(each)) violations.push(`${each} is no entry`);
  return violations;
};
