import { type Admin, Kafka } from 'kafkajs';
import { codeOf } from './failure.js';
import { Latch } from './latch.js';
import { kafkaLog } from './kafka-quirks.js';
import type { MessagingLogger } from './logger.js';

const PROBE_MS = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;

export interface LinkOptions {
  readonly brokers: readonly string[];
  readonly service: string;
  /** Before the names of topics and groups, so that several systems can share a Kafka. */
  readonly topicPrefix?: string;
}

/** The way to Kafka: clients that last, and a probe that says whether a broker answers. */
export class KafkaLink {
  /** For producers and consumers. They try again for some seconds, then their owners do. */
  readonly kafka: Kafka;
  readonly #probe: Kafka;
  readonly #prefix: string;
  readonly #latch = new Latch();
  #isUp: boolean | undefined;

  constructor(
    { brokers, service, topicPrefix = '' }: LinkOptions,
    private readonly logger: MessagingLogger,
  ) {
    this.#prefix = topicPrefix;
    const common = {
      brokers: [...brokers],
      clientId: `${topicPrefix}${service}`,
      logCreator: kafkaLog(logger),
      connectionTimeout: CONNECT_TIMEOUT_MS,
    };
    this.kafka = new Kafka({
      ...common,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 },
    });
    this.#probe = new Kafka({
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

  /** Runs `use` with an admin client of its own. */
  async withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return await use(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
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

  #say(isUp: boolean, code: string): void {
    if (isUp === this.#isUp) return;
    if (!isUp) this.logger.warn({ code }, 'Kafka is away and is tried again');
    else if (this.#isUp === false) this.logger.info({}, 'Kafka is back');
    this.#isUp = isUp;
  }
}
