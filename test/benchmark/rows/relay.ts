import type { Kafka } from '../../../libs/messaging/src/kafka.js';
import { KafkaRelay } from '../../../libs/messaging/src/kafka-relay.js';
import { logTopics } from '../../../libs/messaging/src/kafka-topics.js';
import { KafkaJsClient } from '../../../libs/messaging/src/kafkajs/client.js';
import { openLimit } from '../kafkajs-alone/open-limit.js';
import { perSecond } from '../measure.js';
import { grow, openLog, type OpenLog } from '../open-log.js';
import { quiet } from '../quiet.js';
import type { Bench, Measured, Prepared, Row } from '../row.js';

const PREFIX = 'relay.';

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
const relayAll = async ({ databaseUrl, log, kafka }: Opened, count: number): Promise<Measured> => {
  const relay = new KafkaRelay({
    databaseUrl,
    log,
    kafka,
    logger: quiet,
    failpoint: () => undefined,
  });
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
    await grow(log, count);
    const limit = await openLimit('producing', {
      brokers: await bench.brokers(),
      databaseUrl: opened.databaseUrl,
      topic: `${PREFIX}learning-events.v1`,
      count,
    });
    await relayAll(opened, count);
    return {
      ours: async () => {
        await grow(log, count);
        return relayAll(opened, count);
      },
      limit: () => limit.round(),
      close: async () => {
        await limit.close();
        await opened.close();
      },
    };
  },
};
