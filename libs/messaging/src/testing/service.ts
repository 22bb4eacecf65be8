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
 * at FAILPOINT; SIGTERM stops it in order.
 */
const {
  DATABASE_URL = '',
  KAFKA_BROKERS = '',
  SERVICE = '',
  TOPIC_PREFIX = '',
  TOPICS = '',
} = process.env;
const brokers = KAFKA_BROKERS.split(',');
const dataSource = await new DataSource({ type: 'postgres', url: DATABASE_URL }).initialize();
const log = new PostgresLog({
  name: SERVICE,
  databaseUrl: DATABASE_URL,
  identityKey: new Uint8Array(32),
  clock: new SystemClock(),
});
const messaging = createMessaging({
  sealingKey: new Uint8Array(32),
  dataSource,
  log,
  projections: [new Tally('first', TOPICS.split(',') as Topic[])],
  brokers,
  kafka: new KafkaJsClient(
    { brokers, service: SERVICE, topicPrefix: TOPIC_PREFIX, pace: QUICK_PACE },
    silent,
  ),
  service: SERVICE,
  logger: silent,
});
await messaging.start();
process.once('SIGTERM', () => {
  void messaging
    .stop()
    .then(() => log.close())
    .then(() => dataSource.destroy());
});
