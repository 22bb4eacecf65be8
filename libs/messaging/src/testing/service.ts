import { DataSource } from 'typeorm';
import { SystemClock } from '#kernel';
import type { Topic } from '#contracts';
import { PostgresLog } from '#log';
import { KafkaJsClient } from '../kafkajs/client.js';
import { createMessaging } from '../messaging.js';
import { silent } from './eventually.js';
import { QUICK_PACE } from './kafka-system.js';
import { Tally } from './tally.js';

/**
 * A service with nothing but a log and one projection, as a process that can be killed. Ends itself
 * at FAILPOINT; SIGTERM stops it in order. With RELAY_MAIN its relay is a thread.
 */
const {
  DATABASE_URL = '',
  KAFKA_BROKERS = '',
  SERVICE = '',
  TOPIC_PREFIX = '',
  TOPICS = '',
  RELAY_MAIN = '',
} = process.env;
const brokers = KAFKA_BROKERS.split(',');
const dataSource = await new DataSource({ type: 'postgres', url: DATABASE_URL }).initialize();
const log = new PostgresLog({
  name: SERVICE,
  databaseUrl: DATABASE_URL,
  identityKey: new Uint8Array(32),
  clock: new SystemClock(),
});
const kafka = { brokers, service: SERVICE, topicPrefix: TOPIC_PREFIX };
const messaging = createMessaging({
  sealingKey: new Uint8Array(32),
  dataSource,
  databaseUrl: DATABASE_URL,
  log,
  projections: [new Tally('first', TOPICS.split(',') as Topic[])],
  ...kafka,
  kafka: new KafkaJsClient({ ...kafka, pace: QUICK_PACE }, silent),
  ...(RELAY_MAIN && { relayMain: new URL(RELAY_MAIN) }),
  logger: silent,
});
await messaging.start();
process.once('SIGTERM', () => {
  void messaging
    .stop()
    .then(() => log.close())
    .then(() => dataSource.destroy());
});
