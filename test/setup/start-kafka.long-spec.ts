import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { describeWithKafka } from '#testing';
import { answers } from '../../deploy/kafka/answers.js';
import { type Kafka, startKafka } from '../../deploy/kafka/start-kafka.js';

jest.setTimeout(90_000);

const TOPIC = 'kept.v1';
const clientOf = ({ broker }: Kafka) =>
  new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });

const produce = async (kafka: Kafka, values: readonly string[]): Promise<void> => {
  const admin = clientOf(kafka).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = clientOf(kafka).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    idempotent: true,
  });
  await producer.connect();
  await producer.send({ topic: TOPIC, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
};

const consume = async (kafka: Kafka, count: number): Promise<readonly string[]> => {
  const consumer = clientOf(kafka).consumer({ groupId: `reader-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          values.push(String(message.value));
          if (values.length === count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values;
};

describeWithKafka('startKafka', () => {
  let folder: string;
  const running: Kafka[] = [];
  const start = async (port = 0): Promise<Kafka> => {
    const kafka = await startKafka({ folder, port });
    running.push(kafka);
    return kafka;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-kafka-'));
  });
  afterEach(async () => {
    for (const kafka of running.splice(0)) await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what was written over a stop and over a kill', async () => {
    // A number that another program has now misleads nobody.
    writeFileSync(join(folder, 'kafka.pid'), `${process.pid}\n9092\n`);
    const first = await start();
    expect(first.pid).not.toBe(process.pid);
    await produce(first, ['a', 'b']);
    await first.stop();
    const second = await start();
    await produce(second, ['c']);
    process.kill(second.pid, 'SIGKILL');
    await second.ended;
    expect(await consume(await start(), 3)).toEqual(['a', 'b', 'c']);
  });

  it('joins a broker that a killed process left behind', async () => {
    const script = `
      import './test/setup/typescript-hooks.js';
      const { startKafka } = await import('./deploy/kafka/start-kafka.ts');
      await startKafka({ folder: ${JSON.stringify(folder)}, port: 0 });
      process.kill(process.pid, 'SIGKILL');`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await new Promise((resolve) => other.once('exit', resolve));
    const kafka = await start();
    await produce(kafka, ['a']);
    expect((await start()).pid).toBe(kafka.pid);
    await kafka.stop();
    expect(await answers(Number(kafka.broker.split(':')[1]))).toBe(false);
  });

  it('does not take an open port for a broker, and does not share one', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await answers(port)).toBe(false);
    await expect(startKafka({ folder, port })).rejects.toThrow(/EADDRINUSE/u);
    server.close();
  });
});
