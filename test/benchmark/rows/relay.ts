import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import type { Log } from '#log';
import type { Kafka } from '../../../libs/messaging/src/kafka.js';
import { KafkaRelay } from '../../../libs/messaging/src/kafka-relay.js';
import { logTopics } from '../../../libs/messaging/src/kafka-topics.js';
import { KafkaJsClient } from '../../../libs/messaging/src/kafkajs/client.js';
import { stage } from '../../../libs/messaging/src/relay-state.js';
import { perSecond } from '../measure.js';
import { grow, openLog, type OpenLog } from '../open-log.js';
import { quiet } from '../quiet.js';
import type { Bench, Measured, Prepared, Row } from '../row.js';

const PREFIX = 'relay.';
const READ_AT_ONCE = 1_000;

interface Opened extends OpenLog {
  readonly kafka: Kafka;
}

const open = async (bench: Bench): Promise<Opened> => {
  const opened = await openLog(bench);
  const brokers = await bench.brokers();
  const kafka = new KafkaJsClient({ brokers, service: 'bench', topicPrefix: PREFIX }, quiet);
  await kafka.ensureTopics(logTopics);
  return { ...opened, kafka };
};

/** The relay as it runs in a service, until it has published up to the head. */
const relayAll = async ({ db, log, kafka }: Opened, count: number): Promise<Measured> => {
  const relay = new KafkaRelay({ db, log, kafka, logger: quiet, failpoint: () => undefined });
  const stop = new AbortController();
  const { size } = await log.head();
  const since = performance.now();
  const running = relay.run(stop.signal);
  while ((relay.status.cursor ?? -1) < size - 1)
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  const measured = perSecond(count, since);
  stop.abort();
  await running;
  return measured;
};

/** From the log to Kafka, in order and confirmed, beside a producer that sends the same bytes. */
export const relay: Row = {
  row: 'relay',
  unit: 'entries/s',
  must: 0.7,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 20_000 : 100_000;
    const opened = await open(bench);
    const { log } = opened;
    const kafka = new KafkaJs({
      brokers: [...(await bench.brokers())],
      logLevel: logLevel.NOTHING,
    });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await grow(log, count);
    const staged = await stageAll(log, count);
    await relayAll(opened, count);
    return {
      ours: async () => {
        await grow(log, count);
        return relayAll(opened, count);
      },
      limit: async () => {
        const since = performance.now();
        for (let n = 0; n < staged.length; n += READ_AT_ONCE)
          await producer.send({
            topic: `${PREFIX}learning-events.v1`,
            acks: -1,
            messages: staged.slice(n, n + READ_AT_ONCE),
          });
        return perSecond(count, since);
      },
      close: async () => {
        await producer.disconnect();
        await opened.close();
      },
    };
  },
};

/** The records that the relay makes of the log's first entries. */
const stageAll = async (log: Log, count: number) => {
  const records = [];
  for (let after = -1; after < count - 1; after += READ_AT_ONCE) {
    const page = await log.readVerbatim({ after, limit: READ_AT_ONCE });
    records.push(...stage({ cursor: after, last: new Map() }, page).records);
  }
  return records.map(({ key, value, headers, partition }) => ({
    key,
    value,
    partition,
    headers: { ...headers },
  }));
};
