import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { DataSource } from 'typeorm';
import type { Log } from '#log';
import { KafkaJsClient } from '../kafkajs/client.js';
import type { TopicSpec } from '../kafka.js';
import { logTopics } from '../kafka-topics.js';
import { createMessaging, type Messaging, type MessagingOptions } from '../messaging.js';
import { eventually, silent } from './eventually.js';
import { Tally } from './tally.js';

/** Whoever hangs loses its partitions soon, and nobody waits long for who comes and goes. */
export const QUICK_PACE = { sessionMs: 3_000, heartbeatMs: 300, fetchWaitMs: 100 };

/** Names of its own on a Kafka that others use too, and the services started in a test. */
export class KafkaSystem {
  readonly prefix = `test-${randomBytes(4).toString('hex')}.`;
  readonly kafka: Kafka;
  readonly #started: Messaging[] = [];

  constructor(private readonly brokers: readonly string[]) {
    this.kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  }

  /** Makes the topics of the log, which a service would have to make first. */
  async prepare(): Promise<this> {
    await this.#client(this.brokers, 'prepare').ensureTopics(logTopics);
    return this;
  }

  /** Deletes topics, and makes those of `specs` anew. */
  async remake(names: readonly string[], specs: readonly TopicSpec[]): Promise<void> {
    const topics = names.map((name) => `${this.prefix}${name}`);
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics });
    await eventually(
      () => admin.listTopics(),
      (there) => !topics.some((topic) => there.includes(topic)),
    );
    await admin.disconnect();
    await this.#client(this.brokers, 'remake').ensureTopics(specs);
  }

  /** A service over a log and projections, not started. */
  service(
    dataSource: DataSource,
    log: Log,
    projections: readonly Tally[],
    options: Partial<MessagingOptions> = {},
  ): Messaging {
    const { brokers = this.brokers } = options;
    const messaging = createMessaging({
      sealingKey: new Uint8Array(32),
      dataSource,
      databaseUrl: urlOf(dataSource),
      log,
      projections,
      brokers,
      ...(brokers.length > 0 && { kafka: this.#client(brokers, log.name) }),
      service: log.name,
      logger: silent,
      backoff: { firstMs: 5, mostMs: 20 },
      ...options,
    });
    this.#started.push(messaging);
    return messaging;
  }

  async started(...parameters: Parameters<KafkaSystem['service']>): Promise<Messaging> {
    const messaging = this.service(...parameters);
    await messaging.start();
    await eventually(() => messaging.isHealthy(), Boolean);
    return messaging;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((messaging) => messaging.stop()));
  }

  #client(brokers: readonly string[], service: string): KafkaJsClient {
    return new KafkaJsClient(
      { brokers, service, topicPrefix: this.prefix, pace: QUICK_PACE },
      silent,
    );
  }
}

/** The seqs that a tally has counted, sorted, once there are `count`. */
export const complete = (db: DataSource, tally: Tally, count: number, ms = 30_000) =>
  eventually(
    async () => [...(await tally.seqs(db))].toSorted((a, b) => a - b),
    ({ length }) => length >= count,
    ms,
  );

export const upTo = (count: number): number[] => [...Array(count).keys()];

/** Whether each learner's messages were counted in the order in which they were recorded. */
export const isInOrder = async (db: DataSource, tally: Tally): Promise<boolean> => {
  const last = new Map<string, number>();
  for (const { alias, seq } of await tally.counted(db)) {
    if (seq <= (last.get(alias) ?? -1)) return false;
    last.set(alias, seq);
  }
  return true;
};

const urlOf = ({ options }: DataSource): string => {
  if (options.type !== 'postgres' || options.url === undefined) throw new Error('no URL');
  return options.url;
};
