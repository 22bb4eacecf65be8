import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import { type Area, type Client, correctedBy, type Problem, ProblemDetails } from '#contracts';
import {
  isKept,
  type ItemAnswer,
  type Outcomes,
  outcomeOfWhole,
  outcomesOf,
  REFUSALS_MAX,
  type Sender,
} from '../domain/delivery.js';
import { DeliveryBook } from './delivery-book.js';
import { Quota } from './quota.js';
import type { Refused, Sent } from './refused-items.js';

/** Says that what is sent is a trial and never counts. */
export const TEST_HEADER = 'x-ledger-test';
/** The answer says under which id the sender finds what became of the request. */
const DELIVERY_HEADER = 'ledger-delivery';
/** A request is kept whole up to this size. */
const KEPT_BYTES_MAX = 256 * 1024;

interface Visit {
  readonly sender: Sender;
  /** The request as it would be kept; undefined where only its items are. */
  readonly whole: () => Sent | undefined;
  isNoted: boolean;
}

/**
 * The reception desk of every way in over HTTP: who sends, whether it counts, whether it is not too
 * much; and a note of what became of it, also where the request was refused before anybody read it.
 */
@Injectable()
export class Reception {
  readonly #visits = new WeakMap<FastifyRequest, Visit>();

  constructor(
    private readonly book: DeliveryBook,
    private readonly quota: Quota,
  ) {}

  /** Makes the routes of a scope note what is answered with a problem. */
  watch(scope: FastifyInstance): void {
    scope.addHook('onSend', async (request, reply, payload) => {
      const visit = this.#visits.get(request);
      if (visit && !visit.isNoted && reply.statusCode >= 400)
        await this.#noteWhole(visit, reply, payload);
      return payload;
    });
  }

  /**
   * As soon as it is known who sends; costs one of the quota. In: `whole` makes of the request what is kept of it, where
   * it is kept as it came. Throws RateLimitError `quota-exceeded`.
   */
  admit(
    request: FastifyRequest,
    client: Client,
    { channel, area }: Pick<Sender, 'channel' | 'area'>,
    whole: () => Sent | undefined = () => undefined,
  ): void {
    const sender = { client: client.id, channel, area };
    this.#visits.set(request, { sender, whole, isNoted: false });
    this.quota.admit(client);
  }

  /** For what is no delivery, and costs work all the same. Throws RateLimitError as `admit`. */
  admitUntold(client: Client): void {
    this.quota.admit(client);
  }

  areaOf(request: FastifyRequest): Area {
    return this.#visits.get(request)?.sender.area ?? 'live';
  }

  /** Takes what a request holds from the client's quota, but for the one that let it in. */
  spendRest(client: Client, events: number): void {
    this.quota.spendRest(client, events);
  }

  /** Notes what was answered to each item; `itemAt` is what is kept of a refused one. */
  async answered(
    request: FastifyRequest,
    reply: FastifyReply,
    answers: readonly ItemAnswer[],
    itemAt?: (n: number) => unknown,
  ): Promise<void> {
    const visit = this.#visits.get(request);
    if (!visit) return;
    const outcomes = outcomesOf(answers);
    const whole = itemAt || outcomes.refusals.length === 0 ? undefined : visit.whole();
    const refused = itemAt ? refusedEvents(answers, itemAt) : wholeOf(whole);
    await this.#note(visit, reply, outcomes, answers.some(isKeptAnswer) ? refused : []);
  }

  async #noteWhole(visit: Visit, reply: FastifyReply, payload: unknown): Promise<void> {
    const problem = problemIn(payload);
    if (!problem) return;
    const refused = isKept(problem) ? wholeOf(visit.whole()) : [];
    await this.#note(visit, reply, outcomeOfWhole(problem), refused);
  }

  async #note(
    visit: Visit,
    reply: FastifyReply,
    outcomes: Outcomes,
    refused: readonly Refused[],
  ): Promise<void> {
    visit.isNoted = true;
    const { sender } = visit;
    const { id, written } = this.book.add({ sender, ...outcomes, refused });
    void reply.header(DELIVERY_HEADER, id);
    if (outcomes.counts.refused > 0) await written();
  }
}

/** Throws `invalid-input` for a header that says neither yes nor no: a trial must not count. */
export const areaSaid = (header: string | readonly string[] | undefined): Area => {
  const said = String(header ?? 'false').toLowerCase();
  if (said === 'true' || said === '1') return 'test';
  if (said === 'false' || said === '0') return 'live';
  throw new DomainError('invalid-input', 'X-Ledger-Test is "true" or "false".');
};

const isKeptAnswer = (answer: ItemAnswer): boolean => 'code' in answer && isKept(answer);

/** The first refused events, to be kept one by one. */
export const refusedEvents = (
  answers: readonly ItemAnswer[],
  itemAt: (n: number) => unknown,
): readonly Refused[] => {
  const refused: Refused[] = [];
  for (const [n, answer] of answers.entries()) {
    if (refused.length === REFUSALS_MAX) break;
    const event = itemAt(n);
    if (isKeptAnswer(answer) && !isForAnother(event))
      refused.push({ n, sent: { is: 'event', event } });
  }
  return refused;
};

/** Sent to correct for a provider: it names that one's learners, who the sender does not know. */
const isForAnother = (event: unknown): boolean =>
  typeof event === 'object' &&
  event !== null &&
  'source' in event &&
  typeof event.source === 'string' &&
  correctedBy(event.source) !== undefined;

/** A request to be kept, unless it is too large for that. */
export const wholeOf = (sent: Sent | undefined): readonly Refused[] =>
  sent?.is === 'request' && sent.body.length <= KEPT_BYTES_MAX ? [{ n: 0, sent }] : [];

const problemIn = (payload: unknown): Problem | undefined => {
  if (typeof payload !== 'string') return undefined;
  try {
    const {
      code,
      status,
      title,
      type,
      whatToDo,
      errors = [],
    } = ProblemDetails.parse(JSON.parse(payload));
    return { code, status, title, type, whatToDo, errors };
  } catch {
    return undefined;
  }
};
