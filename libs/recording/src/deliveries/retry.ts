import { Inject, Injectable } from '@nestjs/common';
import { Clock, DomainError } from '#kernel';
import { type Client, problemOf, type RetryRequest } from '#contracts';
import { type ItemAnswer, isKept, outcomesOf, type Sender } from '../domain/delivery.js';
import { FormatRoutes } from '../formats/routes.js';
import { NativeEvents } from '../native-events.js';
import { Resources } from '../xapi/resources.js';
import { DeliveryBook } from './delivery-book.js';
import { Quota } from './quota.js';
import { refusedEvents } from './reception.js';
import { type Refused, RefusedItems, type Sent } from './refused-items.js';

type SentRequest = Extract<Sent, { is: 'request' }>;

/** Sends again what was refused, the same way it came, after something else was put right. */
@Injectable()
export class Retry {
  constructor(
    private readonly items: RefusedItems,
    private readonly book: DeliveryBook,
    private readonly quota: Quota,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: NativeEvents,
    private readonly formats: FormatRoutes,
    private readonly xapi: Resources,
  ) {}

  /**
   * In: corrections of what was refused, if there are any. Out: the id of the new delivery. Sending twice is safe: what was recorded is a duplicate then.
   * Throws `nothing-to-retry`, `quota-exceeded`; UnavailableError when something is away: then
   * nothing was forgotten, and it can be tried again.
   */
  async again(
    client: Client,
    id: string,
    sender: Sender,
    { data: corrections = [] }: RetryRequest = {},
  ): Promise<string> {
    this.quota.admit(client);
    const refusedThen = await this.items.of(client.id, id, this.clock.now());
    if (refusedThen.length === 0) throw new DomainError('nothing-to-retry');
    const kept = corrected(refusedThen, corrections);
    const events = kept.flatMap(({ sent }) => (sent.is === 'event' ? [sent.event] : []));
    const [request] = kept.flatMap(({ sent }) => (sent.is === 'request' ? [sent] : []));
    const delivery = request
      ? await this.#request(client, sender, request)
      : await this.#events(client, sender, events);
    const { answers, refused } = delivery;
    const noted = this.book.add({
      sender,
      ...outcomesOf(answers),
      refused,
      retryOf: id,
      isAlone: true,
    });
    await this.book.flush();
    await this.items.forget(client.id, id);
    return noted.id;
  }

  async #events(client: Client, { area }: Sender, events: readonly unknown[]) {
    this.quota.spend(client, events.length);
    const answers: readonly ItemAnswer[] = await this.events.take(client, events, area);
    return { answers, refused: refusedEvents(answers, (n) => events[n]) };
  }

  async #request(client: Client, sender: Sender, request: SentRequest) {
    const answers = await this.#answers(client, sender, request);
    const isRefused = answers.some((answer) => 'code' in answer && isKept(answer));
    const refused: readonly Refused[] = isRefused ? [{ n: 0, sent: request }] : [];
    return { answers, refused };
  }

  /** A request that is refused whole is answered for itself. */
  async #answers(
    client: Client,
    { channel, area }: Sender,
    { xapi, body, isBase64, mediaType }: SentRequest,
  ): Promise<readonly ItemAnswer[]> {
    try {
      if (!xapi) return await this.formats.again(channel, client, body, area);
      const { became = [] } = await this.xapi.handle('/statements', {
        ...xapi,
        headers: { 'content-type': mediaType },
        body: Buffer.from(body, isBase64 ? 'base64' : 'utf8'),
        client,
        area,
      });
      this.quota.spend(client, became.length);
      return became;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return [problemOf(error.code, undefined, error.issues)];
    }
  }
}

/** Throws `invalid-input` for a correction of what is not kept, or in another form. */
const corrected = (
  kept: readonly Refused[],
  corrections: NonNullable<RetryRequest['data']>,
): readonly Refused[] => {
  const byPlace = new Map(kept.map((item) => [item.n, item]));
  for (const [at, { index = 0, event, body }] of corrections.entries()) {
    const sent = byPlace.get(index)?.sent;
    if (sent?.is === 'event' && event !== undefined)
      byPlace.set(index, { n: index, sent: { is: 'event', event } });
    else if (sent?.is === 'request' && body !== undefined)
      byPlace.set(index, { n: index, sent: { ...sent, body, isBase64: false } });
    else
      throw new DomainError('invalid-input', undefined, [
        { pointer: `#/data/${at}`, detail: 'Nothing of this place and form is kept.' },
      ]);
  }
  return [...byPlace.values()];
};
