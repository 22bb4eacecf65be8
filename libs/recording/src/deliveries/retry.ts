import { Inject, Injectable } from '@nestjs/common';
import { Clock, DomainError } from '#kernel';
import { type Client, problemOf, type RetryRequest } from '#contracts';
import { type ItemAnswer, isKept, isSettled, outcomesOf, type Sender } from '../domain/delivery.js';
import { FormatRoutes } from '../formats/routes.js';
import { NativeEvents } from '../native-events.js';
import { Resources } from '../xapi/resources.js';
import { DeliveryBook } from './delivery-book.js';
import { Quota } from './quota.js';
import { refusedEvents, wholeOf } from './reception.js';
import { type Refused, RefusedItems, type Sent } from './refused-items.js';

type SentRequest = Extract<Sent, { is: 'request' }>;
type Corrections = NonNullable<RetryRequest['data']>;

interface Retried {
  readonly answers: readonly ItemAnswer[];
  /** Kept with the new delivery. */
  readonly refused: readonly Refused[];
  /** Places of what need not be kept any longer with the old one. */
  readonly settled: readonly number[];
}

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
   * In: corrections of what was refused, if there are any. Out: the id of the new delivery. What was
   * taken or is kept anew with that one is forgotten here; what a correction made unreadable, or
   * what has to wait, stays as it was. Sending twice is safe for what has an id: what was recorded
   * is a duplicate then.
   * Throws `nothing-to-retry`, also while somebody else sends it again, `quota-exceeded`,
   * `invalid-input`; UnavailableError when something is away: then nothing was forgotten.
   */
  async again(
    client: Client,
    id: string,
    sender: Sender,
    { data: corrections = [] }: RetryRequest = {},
  ): Promise<string> {
    this.quota.admit(client);
    if (!(await this.items.claim(client.id, id, this.clock.now())))
      throw new DomainError('nothing-to-retry');
    try {
      return await this.#claimed(client, id, sender, corrections);
    } catch (error) {
      // What went wrong is told, not that the claim has to end by itself.
      await this.items.release(client.id, id).catch(() => undefined);
      throw error;
    }
  }

  async #claimed(
    client: Client,
    id: string,
    sender: Sender,
    corrections: Corrections,
  ): Promise<string> {
    const readAt = this.clock.now();
    const refusedThen = await this.items.of(client.id, id, readAt);
    if (refusedThen.length === 0) throw new DomainError('nothing-to-retry');
    const kept = corrected(refusedThen, corrections);
    const [request] = kept.flatMap(({ sent }) => (sent.is === 'request' ? [sent] : []));
    const { answers, refused, settled } = request
      ? await this.#request(client, sender, request)
      : await this.#events(client, sender, kept);
    const outcomes = outcomesOf(answers);
    return this.book.retried({ sender, ...outcomes, refused, settled, retryOf: id, readAt });
  }

  async #events(client: Client, { area }: Sender, kept: readonly Refused[]): Promise<Retried> {
    const events = kept.flatMap(({ sent }) => (sent.is === 'event' ? [sent.event] : []));
    this.quota.spendRest(client, events.length);
    const answers: readonly ItemAnswer[] = await this.events.take(client, events, area);
    const refused = refusedEvents(answers, (n) => events[n]);
    const isAnew = new Set(refused.map(({ n }) => n));
    const settled = kept.flatMap(({ n }, at) => {
      const answer = answers[at];
      return answer && (isSettled(answer) || isAnew.has(at)) ? [n] : [];
    });
    return { answers, refused, settled };
  }

  async #request(client: Client, sender: Sender, request: SentRequest): Promise<Retried> {
    const answers = await this.#answers(client, sender, request);
    const isRefused = answers.some((answer) => 'code' in answer && isKept(answer));
    const refused = isRefused ? wholeOf(request) : [];
    const settled = answers.every(isSettled) || refused.length > 0 ? [0] : [];
    return { answers, refused, settled };
  }

  /** A request that is refused whole is answered for itself. */
  async #answers(
    client: Client,
    { channel, area }: Sender,
    { xapi, body, isBase64, mediaType }: SentRequest,
  ): Promise<readonly ItemAnswer[]> {
    try {
      if (!xapi) return await this.formats.take(channel, client, body, area);
      const { became = [] } = await this.xapi.handle('/statements', {
        ...xapi,
        headers: { 'content-type': mediaType },
        body: Buffer.from(body, isBase64 ? 'base64' : 'utf8'),
        client,
        area,
      });
      return became;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return [problemOf(error.code, undefined, error.issues)];
    }
  }
}

/** Throws `invalid-input` for a correction of what is not kept, or in another form. */
const corrected = (kept: readonly Refused[], corrections: Corrections): readonly Refused[] => {
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
