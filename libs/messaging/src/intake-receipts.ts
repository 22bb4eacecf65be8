import type { IntakeAnswer, IntakeMessage } from '#log';
import { type IntakePlace, toAnswer } from './intake-record.js';
import type { Kafka, KafkaProducer } from './kafka.js';

/** A message, where it stands, and what became of it. */
export interface Answered {
  readonly place: IntakePlace;
  readonly message: IntakeMessage;
  readonly answer: IntakeAnswer;
}

/** Publishes answers on the receipts topics; connects when there is something to say. */
export class IntakeReceipts {
  #producer: Promise<KafkaProducer> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly log: string,
  ) {}

  /** Returns when all replicas in sync have them. May be repeated. */
  async publish(answered: readonly Answered[]): Promise<void> {
    const producer = await this.#connected();
    await producer.send(
      answered.map(({ place, message, answer }) => toAnswer(this.log, place, message.key, answer)),
    );
  }

  async close(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.close();
  }

  #connected(): Promise<KafkaProducer> {
    this.#producer ??= this.kafka.producer().catch((error: unknown) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }
}
