import type { Kafka, Producer } from 'kafkajs';
import { intakeTopicOf, type Problem, type Receipt, receiptsTopicOf, type Tried } from '#contracts';
import '../kafkajs/quirks.js';
import { eventually } from './eventually.js';

export interface Answer {
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly result: Receipt | Problem | Tried;
}

/** A provider that has nothing but Kafka. */
export class IntakeClient {
  readonly answers: Answer[] = [];
  readonly #closing: (() => Promise<void>)[] = [];
  #producer: Producer | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly id: string,
    private readonly prefix = '',
    private readonly group = `client-${id}-${Math.random()}`,
  ) {}

  get intakeTopic(): string {
    return `${this.prefix}${intakeTopicOf(this.id)}`;
  }

  get receiptsTopic(): string {
    return `${this.prefix}${receiptsTopicOf(this.id)}`;
  }

  /** Waits until the topics are there, then listens for answers. */
  async connect(): Promise<this> {
    const admin = this.kafka.admin();
    await admin.connect();
    await eventually(
      async () => new Set(await admin.listTopics()),
      (topics) => topics.has(this.intakeTopic) && topics.has(this.receiptsTopic),
    );
    await admin.disconnect();
    const consumer = this.kafka.consumer({
      groupId: this.group,
      maxWaitTimeInMs: 200,
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.receiptsTopic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message: { key, value, headers = {} } }) => {
        const text = Object.entries(headers).map(([name, given]) => [name, String(given)] as const);
        this.answers.push({
          key: key?.toString() ?? null,
          headers: Object.fromEntries(text),
          result: JSON.parse(value?.toString() ?? 'null') as Answer['result'],
        });
        return Promise.resolve();
      },
    });
    const producer = this.kafka.producer();
    await producer.connect();
    this.#producer = producer;
    this.#closing.push(
      () => consumer.disconnect(),
      () => producer.disconnect(),
    );
    return this;
  }

  async send(
    messages: readonly {
      readonly key?: string | null;
      readonly value: string | Buffer | null;
      readonly headers?: Record<string, string>;
      readonly partition?: number;
    }[],
  ): Promise<void> {
    await this.#producer?.send({ topic: this.intakeTopic, messages: [...messages] });
  }

  /** Sends names, each as a message of its own with a key of its own. */
  names(names: readonly string[]): Promise<void> {
    return this.send(names.map((name) => ({ key: `key-${name}`, value: name })));
  }

  /**
   * The first answers by key, once there are so many. Not all answers: who writes to Kafka may be
   * told to write again what is there already, and an answer may be there twice.
   */
  async answered(count: number): Promise<readonly Answer[]> {
    const first = (): readonly Answer[] => [
      ...new Map(this.answers.toReversed().map((answer) => [answer.key, answer])).values(),
    ];
    return eventually(first, ({ length }) => length >= count, 30_000);
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map((close) => close()));
  }
}
