import './fast-decoding.js';
import { topicIdsOf } from './topic-ids.js';
import { ofOurs } from './fast-records.js';
import {
  type Admin,
  Kafka as KafkaJs,
  type KafkaConfig,
  Partitioners,
  type SASLOptions,
} from 'kafkajs';
import { codeOf } from '../failure.js';
import type {
  Kafka,
  KafkaProducer,
  LaneEnds,
  Outgoing,
  Subscription,
  TopicSpec,
} from '../kafka.js';
import { Latch } from '../latch.js';
import type { MessagingLogger } from '../logger.js';
import { kafkaLog } from './quirks.js';
import { admit } from './acls.js';
import { PACE, type Pace, runSession } from './session.js';
import { ensureTopics } from './topics.js';

const PROBE_MS = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;
const ACKNOWLEDGE_TIMEOUT_MS = 15_000;

export interface KafkaSecurity {
  readonly tls: boolean;
  readonly user?: {
    readonly name: string;
    readonly password: string;
    readonly mechanism: 'scram-sha-512' | 'scram-sha-256' | 'plain';
  };
}

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly service: string;
  /** Before the names of topics and groups, so that several systems can share a Kafka. */
  readonly topicPrefix?: string;
  readonly security?: KafkaSecurity;
  /** For tests, which do not want to wait. */
  readonly pace?: Pace;
}

/** The port over kafkajs: clients that last, and a probe that says whether a broker answers. */
export class KafkaJsClient implements Kafka {
  /** For producers and consumers. They try again for some seconds, then their owners do. */
  readonly #kafka: KafkaJs;
  readonly #probe: KafkaJs;
  readonly #prefix: string;
  readonly #user: string | undefined;
  readonly #pace: Pace;
  readonly #latch = new Latch();
  #isUp: boolean | undefined;

  constructor(
    { brokers, service, topicPrefix = '', security, pace = PACE }: KafkaOptions,
    private readonly logger: MessagingLogger,
  ) {
    this.#prefix = topicPrefix;
    this.#pace = pace;
    const common = {
      brokers: [...brokers],
      clientId: `${topicPrefix}${service}`,
      logCreator: kafkaLog(logger),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      ...signInWith(security),
    };
    this.#user = security?.user?.name;
    this.#kafka = new KafkaJs({
      ...common,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 },
    });
    this.#probe = new KafkaJs({
      ...common,
      requestTimeout: CONNECT_TIMEOUT_MS,
      retry: { retries: 0 },
    });
  }

  get isUp(): boolean {
    return this.#isUp ?? false;
  }

  /** What a topic or a group is called in Kafka. */
  nameOf(topicOrGroup: string): string {
    return `${this.#prefix}${topicOrGroup}`;
  }

  /** The topic that Kafka calls so. */
  topicOf(name: string): string {
    return name.slice(this.#prefix.length);
  }

  async topics(): Promise<readonly string[]> {
    const names = await this.#withAdmin((admin) => admin.listTopics());
    return names.filter((name) => name.startsWith(this.#prefix)).map((name) => this.topicOf(name));
  }

  ends(topics: readonly string[]): Promise<readonly LaneEnds[]> {
    return this.#withAdmin(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const all: LaneEnds[] = [];
      for (const topic of topics.filter((name) => existing.has(this.nameOf(name))))
        for (const { partition, low, high } of await admin.fetchTopicOffsets(this.nameOf(topic)))
          all.push({ lane: { topic, partition }, first: Number(low), end: Number(high) });
      return all;
    });
  }

  async topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const named = topics.map((topic) => this.nameOf(topic));
    const ids = await this.#withAdmin((admin) => topicIdsOf(admin, named));
    return new Map([...ids].map(([name, id]) => [this.topicOf(name), id]));
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    const named = specs.map((spec) => ({ ...spec, name: this.nameOf(spec.name) }));
    return this.#withAdmin((admin) => ensureTopics(admin, named));
  }

  async admit(client: string, topics: { writes: string; reads: string }): Promise<void> {
    const user = this.#user;
    if (user === undefined) return;
    const named = { writes: this.nameOf(topics.writes), reads: this.nameOf(topics.reads) };
    await this.#withAdmin((admin) => admit(admin, user, client, named));
  }

  async producer(): Promise<KafkaProducer> {
    const producer = this.#kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    return {
      send: async (records) => {
        await producer.sendBatch({
          acks: -1,
          timeout: ACKNOWLEDGE_TIMEOUT_MS,
          topicMessages: this.#byTopic(records),
        });
      },
      close: () => producer.disconnect().catch(() => undefined),
    };
  }

  consume(subscription: Subscription, signal: AbortSignal): Promise<void> {
    return runSession(this.#kafka, this, subscription, this.logger, this.#pace, signal);
  }

  /** Asks every two seconds until `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    let admin: Admin | undefined;
    while (!signal.aborted) {
      try {
        if (!admin) {
          admin = this.#probe.admin();
          await admin.connect();
        }
        await admin.describeCluster();
        this.#say(true, '');
      } catch (error) {
        this.#say(false, codeOf(error));
        await admin?.disconnect().catch(() => undefined);
        admin = undefined;
      }
      await this.#latch.wait(PROBE_MS, signal);
    }
    await admin?.disconnect().catch(() => undefined);
  }

  /** Runs `use` with an admin client of its own. */
  async #withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      return await use(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  #byTopic(records: readonly Outgoing[]) {
    return [...Map.groupBy(records, ({ topic }) => topic)].map(([topic, messages]) => ({
      topic: this.nameOf(topic),
      // kafkajs finds the partitions of those that name none; then each partition's are encoded.
      messages: messages.map(ofOurs),
    }));
  }

  #say(isUp: boolean, code: string): void {
    if (isUp === this.#isUp) return;
    if (!isUp) this.logger.warn({ code }, 'Kafka is away and is tried again');
    else if (this.#isUp === false) this.logger.info({}, 'Kafka is back');
    this.#isUp = isUp;
  }
}

const signInWith = (security: KafkaSecurity | undefined): Pick<KafkaConfig, 'ssl' | 'sasl'> => {
  const { name: username, password, mechanism = 'plain' } = security?.user ?? {};
  return {
    ssl: security?.tls ?? false,
    ...(username !== undefined &&
      password !== undefined && { sasl: { mechanism, username, password } as SASLOptions }),
  };
};
