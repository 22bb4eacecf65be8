import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Consumer, type Kafka, type Producer } from 'kafkajs';
import { intakeTopicOf, receiptsTopicOf } from '#contracts';
import type { Shared } from './http-client.js';
import type { Random } from './random.js';
import { PROVIDER, type Sent, type Workload } from './workload.js';

const WAITING_MAX = 400;
const BATCH_MAX = 40;
const DUPLICATE_SHARE = 0.18;

interface Waiting {
  readonly event: Sent;
  /** The broker has said that it has it: it is never sent again, the ledger must find it. */
  isConfirmed: boolean;
}
interface Receipt {
  readonly code?: string;
  readonly log: string;
  readonly seq: number;
  readonly leafHash: string;
}

/** A provider that has nothing but Kafka: produces to its intake topic, and reads the receipts. */
export class KafkaClient {
  readonly #kafka: Kafka;
  readonly #waiting = new Map<string, Waiting>();
  #producer: Producer | undefined;
  #consumer: Consumer | undefined;

  constructor(
    broker: string,
    private readonly prefix: string,
    private readonly shared: Shared,
    private readonly workload: Workload,
    private readonly random: Random,
  ) {
    this.#kafka = new kafkajs.Kafka({
      brokers: [broker],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 2 },
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  async run(signal: AbortSignal): Promise<void> {
    const listening = this.#listen(signal);
    while (this.#goesOn(signal)) {
      if (!signal.aborted && this.#waiting.size < WAITING_MAX) this.#more();
      await this.#sendDue();
      await sleep(signal.aborted ? 100 : this.random.next() * 2 * this.shared.pauseMs);
    }
    await this.#consumer?.disconnect().catch(() => undefined);
    await this.#producer?.disconnect().catch(() => undefined);
    await listening;
  }

  #goesOn(signal: AbortSignal): boolean {
    return !this.shared.over.aborted && (!signal.aborted || this.#waiting.size > 0);
  }

  #more(): void {
    for (const event of this.workload.next(this.random.int(1, 12))) {
      const key = `${event.source} ${event.id}`;
      this.shared.sent.set(key, event);
      this.#waiting.set(key, { event, isConfirmed: false });
    }
  }

  /** What the broker has not confirmed; some of it twice. */
  async #sendDue(): Promise<void> {
    const due = [...this.#waiting.values()]
      .filter(({ isConfirmed }) => !isConfirmed)
      .slice(0, BATCH_MAX)
      .flatMap((each) => (this.random.chance(DUPLICATE_SHARE) ? [each, each] : [each]));
    if (due.length === 0) return;
    try {
      this.#producer ??= await this.#connected();
      await this.#producer.send({
        topic: `${this.prefix}${intakeTopicOf(PROVIDER)}`,
        messages: due.map(({ event }) => ({
          key: `${event.source} ${event.id}`,
          value: JSON.stringify(event.body),
          headers: { 'content-type': 'application/cloudevents+json' },
        })),
      });
      for (const each of due) each.isConfirmed = true;
    } catch {
      // The broker is away: nothing is known of it.
      await this.#producer?.disconnect().catch(() => undefined);
      this.#producer = undefined;
      await sleep(200);
    }
  }

  async #connected(): Promise<Producer> {
    const producer = this.#kafka.producer();
    await producer.connect();
    return producer;
  }

  /** Reads the receipts, from the beginning each time that the broker was away. */
  async #listen(signal: AbortSignal): Promise<void> {
    while (this.#goesOn(signal)) {
      const over = Promise.withResolvers<void>();
      const consumer = this.#kafka.consumer({
        groupId: `chaos-client-${Math.random()}`,
        retry: { retries: 2, restartOnFailure: () => Promise.resolve(false) },
      });
      this.#consumer = consumer;
      consumer.on(consumer.events.CRASH, () => over.resolve());
      consumer.on(consumer.events.DISCONNECT, () => over.resolve());
      try {
        await consumer.connect();
        await consumer.subscribe({
          topics: [`${this.prefix}${receiptsTopicOf(PROVIDER)}`],
          fromBeginning: true,
        });
        await consumer.run({
          autoCommit: false,
          eachMessage: ({ message: { key, value } }) => {
            this.#take(key?.toString() ?? '', JSON.parse(value?.toString() ?? '{}') as Receipt);
            return Promise.resolve();
          },
        });
        await over.promise;
      } catch {
        await sleep(300);
      }
      await consumer.disconnect().catch(() => undefined);
    }
  }

  #take(key: string, receipt: Receipt): void {
    const sent = this.shared.sent.get(key);
    if (!sent) return;
    if (receipt.code !== undefined) this.shared.refusals.add(`${key}: ${receipt.code}`);
    else {
      const { source, id } = sent;
      const { log, seq, leafHash } = receipt;
      this.shared.journal.write([{ source, id, log, seq, leafHash }]);
    }
    this.#waiting.delete(key);
  }
}
