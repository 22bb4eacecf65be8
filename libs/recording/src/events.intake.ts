import { Injectable } from '@nestjs/common';
import { DomainError, UnavailableError } from '#kernel';
import { type Area, type Client, problemOf } from '#contracts';
import {
  type Admitted,
  type Intake,
  type IntakeAnswer,
  IntakeHandler,
  type IntakeMessage,
} from '#log';
import { Clients } from './clients.js';
import { DeliveryBook } from './deliveries/delivery-book.js';
import { Quota } from './deliveries/quota.js';
import { areaSaid, refusedEvents, TEST_HEADER } from './deliveries/reception.js';
import { type ItemAnswer, outcomesOf, type Sender } from './domain/delivery.js';
import { eventOf } from './kafka-event.js';
import { NativeEvents } from './native-events.js';

/** So much of what a provider said is given back to it; what is longer is no id. */
const NAME_MAX = 512;
/** Who has used up the quota waits for so long at least: what came meanwhile is taken together. */
const PAUSE_MS_MIN = 1_000;
/** And looks again after this time at the latest, as the quota may be made larger. */
const PAUSE_MS_MAX = 60_000;
/** What is recorded comes first: if that has to come again, no trial was noted. */
const AREAS: readonly Area[] = ['live', 'test'];

/** A message as it was read: an event, or why there is none. */
interface Read {
  readonly event: object;
  readonly area: Area;
}

/** Learning events that clients write to topics of their own; else as POST /v1/events. */
@Injectable()
@IntakeHandler()
export class EventsIntake implements Intake {
  readonly name = 'intake';

  constructor(
    private readonly registered: Clients,
    private readonly events: NativeEvents,
    private readonly book: DeliveryBook,
    private readonly quota: Quota,
  ) {}

  clients(): Promise<readonly string[]> {
    return this.registered.ids();
  }

  async admit(id: string, messages: number): Promise<Admitted> {
    const client = await this.#client(id);
    // Whom nobody knows is told so, and is in nobody's quota.
    if (!client) return { messages, waitMs: 0 };
    const { taken, waitMs } = this.quota.take(client, messages);
    if (taken === messages) return { messages, waitMs: 0 };
    return {
      messages: taken,
      waitMs: Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, waitMs)),
    };
  }

  async take(id: string, batch: readonly IntakeMessage[]): Promise<readonly IntakeAnswer[]> {
    const read = batch.map(readMessage);
    const client = await this.#client(id);
    const answers = new Map<Read, IntakeAnswer>();
    for (const area of client ? AREAS : []) {
      const part = read.filter((one) => one.area === area);
      if (!client || part.length === 0) continue;
      const events = part.map(({ event }) => event);
      const results = await this.events.take(client, events, area);
      this.#note({ client: client.id, channel: 'kafka', area }, results, events);
      for (const [n, result] of results.entries()) {
        const one = part[n];
        if (one) answers.set(one, { result, ...(area === 'test' ? { isTrial: true } : {}) });
      }
    }
    return read.map((one) => ({
      ...(answers.get(one) ?? { result: problemOf('client-unknown') }),
      ...namesOf(one.event),
    }));
  }

  /** A batch is a delivery of each area; after a crash it is another one, of duplicates. */
  #note(sender: Sender, results: readonly ItemAnswer[], events: readonly object[]): void {
    const refused = refusedEvents(results, (n) => events[n]).filter(
      ({ n }) => !(events[n] instanceof Error),
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

const readMessage = (message: IntakeMessage): Read => {
  try {
    return { event: eventOrProblem(message), area: areaOf(message) };
  } catch (error) {
    // It says neither yes nor no: it is refused, and was no trial.
    if (error instanceof DomainError) return { event: error, area: 'live' };
    throw error;
  }
};

/** As the header of the same name over HTTP. Throws `invalid-input`. */
const areaOf = ({ headers }: IntakeMessage): Area => {
  const said = headers.flatMap(([name, text]) => (name.toLowerCase() === TEST_HEADER ? text : []));
  return areaSaid(said.length === 0 ? undefined : [...new Set(said)]);
};

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
