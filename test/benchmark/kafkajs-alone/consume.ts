import { Kafka, logLevel } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import type { Measured } from '../row.js';

/** A client of kafkajs, with nothing of ours around it. */
export const rawKafka = (brokers: readonly string[]): Kafka =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

/**
 * Reads so many records of a topic from its beginning, and does something with each so many of
 * them. The clock starts with the first record, as joining a group takes seconds whoever does it.
 */
export const consume = async (
  kafka: Kafka,
  topic: string,
  count: number,
  {
    size,
    take,
  }: { readonly size: number; readonly take: (records: readonly Buffer[]) => Promise<void> },
): Promise<Measured> => {
  const consumer = kafka.consumer({ groupId: `bench-${randomBytes(4).toString('hex')}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const over = Promise.withResolvers<number>();
  let [since, taken] = [0, 0];
  let waiting: Buffer[] = [];
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      since ||= performance.now();
      for (const { value } of batch.messages) waiting.push(value ?? Buffer.alloc(0));
      while (waiting.length >= size && taken < count) {
        await take(waiting.slice(0, size));
        waiting = waiting.slice(size);
        taken += size;
      }
      if (taken >= count) over.resolve(performance.now());
    },
  });
  const until = await over.promise;
  await consumer.disconnect();
  return { rate: (taken * 1_000) / (until - since), loadGeneratorCpuShare: 0 };
};
