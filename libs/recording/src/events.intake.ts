import { Injectable } from '@nestjs/common';
import { DomainError, UnavailableError } from '#kernel';
import { type Client, problemOf } from '#contracts';
import { type Intake, type IntakeAnswer, IntakeHandler, type IntakeMessage } from '#log';
import { Clients } from './clients.js';
import { DeliveryBook } from './deliveries/delivery-book.js';
import { refusedEvents } from './deliveries/reception.js';
import { outcomesOf } from './domain/delivery.js';
import { eventOf } from './kafka-event.js';
import { NativeEvents, type Result } from './native-events.js';

/** So much of what a provider said is given back to it; what is longer is no id. */
const NAME_MAX = 512;

/** Learning events that clients write to topics of their own; else as POST /v1/events. */
@Injectable()
@IntakeHandler()
export class EventsIntake implements Intake {
  readonly name = 'intake';

  constructor(
    private readonly registered: Clients,
    private readonly events: NativeEvents,
    private readonly book: DeliveryBook,
  ) {}

  clients(): Promise<readonly string[]> {
    return this.registered.ids();
  }

  async take(id: string, batch: readonly IntakeMessage[]): Promise<readonly IntakeAnswer[]> {
    const read = batch.map(eventOrProblem);
    const client = await this.#client(id);
    const results = client
      ? await this.events.record(client, read)
      : read.map(() => problemOf('client-unknown'));
    if (client) this.#note(client, results, read);
    return results.map((result, n) => ({ result, ...namesOf(read[n]) }));
  }

  /** A batch is one delivery; brought again after a crash, it is another one, of duplicates. */
  #note({ id: client }: Client, results: readonly Result[], read: readonly object[]): void {
    const sender = { client, channel: 'kafka', area: 'live' } as const;
    const refused = refusedEvents(results, (n) => read[n]).filter(
      ({ n }) => !(read[n] instanceof Error),
    );
    this.book.add({ sender, ...outcomesOf(results), refused });
  }

  async #client(id: string): Promise<Client | undefined> {
    try {
      return await this.registered.find(id);
    } catch (error) {
      throw new UnavailableError('the database', error);
    }
  }
}

const eventOrProblem = (message: IntakeMessage): object => {
  try {
    const event = eventOf(message);
    // Kafka may bring a message again: without either, that could not be told from a new event.
    if ('id' in event || 'time' in event) return event;
    return new DomainError('invalid-input', undefined, [{ pointer: '#/id', detail: 'Required.' }]);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
};

const namesOf = (event: object = {}): Pick<IntakeAnswer, 'source' | 'id'> => {
  if (event instanceof Error) return {};
  const { source, id } = event as Readonly<Record<string, unknown>>;
  return { ...nameOf('source', source), ...nameOf('id', id) };
};

const nameOf = (name: 'source' | 'id', value: unknown): object =>
  typeof value === 'string' && value.length <= NAME_MAX ? { [name]: value } : {};
