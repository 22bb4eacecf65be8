import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Clock, DomainError } from '#kernel';
import { type Area, type Client, type Problem, problemOf, type Telemetry } from '#contracts';
import { canonicalJson } from '#merkle';
import { canonicalOf, sha256, type Submission } from '../content.js';
import { areaSaid, Reception, TEST_HEADER } from '../deliveries/reception.js';
import { requestOf } from '../deliveries/refused-items.js';
import type { ItemAnswer } from '../domain/delivery.js';
import { acceptText, BATCH_MAX, parseJson } from '../json-body.js';
import { toProblem } from '../native-events.js';
import { EVENT_BYTES_MAX } from '../native-event.js';
import { PublishedDocuments } from '../published-documents.js';
import { Recorder } from '../recorder.js';
import { Senders } from '../senders.js';
import type { Format, Item } from './format.js';
import { formatsIn } from './formats.js';
import { type InSeries, Series } from './series.js';

type EventItem = Extract<Item, { is: 'event' }>;

/** So many issues are told of a body that is refused as a whole. */
const ISSUES_MAX = 100;

/** One route for each format: who sends it, what it says, and an answer for each item. */
@Injectable()
export class FormatRoutes implements OnModuleInit {
  readonly #formats = new Map<string, Format>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly senders: Senders,
    @Inject(Clock) private readonly clock: Clock,
    private readonly recorder: Recorder,
    private readonly series: Series,
    private readonly reception: Reception,
    private readonly documents: PublishedDocuments,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const format of await formatsIn()) {
      this.#formats.set(format.name, format);
      void fastify.register((scope, _, done) => {
        acceptText(scope, format.mediaTypes);
        this.reception.watch(scope);
        const senders = new WeakMap<FastifyRequest, Client>();
        scope.post(format.path, {
          // Before the body is read: nobody without a key makes us parse one.
          onRequest: async (request) => {
            const client = await this.senders.of(request.headers.authorization);
            senders.set(request, client);
            this.#admit(format, request, client);
          },
          handler: async (request, reply) => {
            const area = this.reception.areaOf(request);
            const results = await this.#record(format, senders.get(request), request.body, area);
            await this.reception.answered(request, reply, results);
            return { results };
          },
        });
        const { about } = format;
        if (about)
          scope.get(format.path, {
            onRequest: (request) => this.#checkReader(request.headers.authorization),
            handler: () => about.answer,
          });
        done();
      });
    }
  }

  /**
   * Only who may send is told, and everybody else alike with 401: any other answer means to a sensor
   * that the endpoint is out of order (Caliper 1.2, Configuration Information).
   */
  async #checkReader(authorization: string | undefined): Promise<void> {
    try {
      const { sources } = await this.senders.of(authorization);
      if (sources.length > 0) return;
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'not-allowed')) throw error;
    }
    throw new DomainError('not-signed-in', 'Who is signed in may not send here.');
  }

  /**
   * A body in the format of that name that came another way: kept and sent once more, or under an
   * address of its own. Throws as a request is answered.
   */
  take(name: string, client: Client, body: string, area: Area): Promise<readonly ItemAnswer[]> {
    const format = this.#formats.get(name);
    if (!format) throw new DomainError('not-found');
    return this.#record(format, client, body, area);
  }

  #admit({ name, mediaTypes }: Format, request: FastifyRequest, client: Client): void {
    const area = areaSaid(request.headers[TEST_HEADER]);
    this.reception.admit(request, client, { channel: name, area }, () =>
      typeof request.body === 'string'
        ? requestOf(request.body, request.headers['content-type'] ?? mediaTypes[0] ?? '')
        : undefined,
    );
  }

  async #record(
    format: Format,
    client: Client | undefined,
    body: unknown,
    area: Area,
  ): Promise<readonly ItemAnswer[]> {
    const [source] = client?.sources ?? [];
    if (!client || source === undefined)
      throw new DomainError('source-not-yours', 'No source is registered.');
    const parsed = (format.parse ?? parseJson)(String(body));
    const { homePage } = client;
    const readPublished = this.documents.forOneBody();
    const now = this.clock.now();
    const items = await format.read(parsed, { source, homePage, now, readPublished });
    if (items.length > BATCH_MAX)
      throw new DomainError('too-large', `A body may hold ${BATCH_MAX} events.`);
    this.reception.spendRest(client, items.length);
    const read = items.map((item) => this.#read(format, client, item));
    refuseIfNothingIsLeft(read);
    if (area === 'test')
      return read.map((one) => (isToRecord(one) ? ({ status: 'test' } as const) : one));
    const placed = (await this.series.placed(client, read.filter(isToRecord))).values();
    const answers = read.map((one) => (isToRecord(one) ? placed.next().value : one));
    const submissions = answers.flatMap((one) => (one && 'report' in one ? one : []));
    const outcomes = (await this.recorder.record(client, submissions)).values();
    return answers.map((one, n): ItemAnswer => {
      if (one && !('report' in one)) return one;
      const outcome = outcomes.next().value;
      if (!outcome) throw new Error('an event got no answer');
      if (outcome.is === 'refused') return toProblem(outcome.error);
      const item = items[n];
      const note = item?.is === 'event' ? item.note : undefined;
      return note === undefined ? outcome.receipt : { ...outcome.receipt, note };
    });
  }

  #read(format: Format, client: Client, item: Item): InSeries | Problem | Telemetry {
    if (item.is === 'telemetry') return { status: 'telemetry', because: item.because };
    if (item.is === 'refused') return problemOf('invalid-input', undefined, item.issues);
    const submission = submissionOf(format, item);
    if (!('report' in submission)) return submission;
    const refusal = this.recorder.refusal(client, submission);
    // Its pointers are of the canonical event, which nobody sent.
    return refusal
      ? problemOf(
          refusal.code,
          refusal.detail,
          refusal.issues.map(({ detail }) => ({ pointer: item.pointer, detail })),
        )
      : { submission, ...seriesOf(item) };
  }
}

const isToRecord = (one: InSeries | Problem | Telemetry): one is InSeries => 'submission' in one;

const seriesOf = ({ pointer, series }: EventItem): Omit<InSeries, 'submission'> =>
  series ? { pointer, series } : { pointer };

/** A report on its way into the log; a problem where it could not be kept as it is. */
const submissionOf = (
  { name }: Format,
  { pointer, report, said, content, verb, format }: EventItem,
): Submission | Problem => {
  const canonical = canonicalOf(said);
  if ('detail' in canonical)
    return problemOf('invalid-input', undefined, [{ pointer, detail: canonical.detail }]);
  const compared =
    content ??
    canonicalJson(
      report.is === 'learning' ? report.data : { target: report.target, reason: report.reason },
    );
  if (Buffer.byteLength(compared) > EVENT_BYTES_MAX)
    return problemOf('too-large', `An event may have ${EVENT_BYTES_MAX} bytes.`);
  return {
    report,
    content: compared,
    happenedAt: report.times[0],
    raw: {
      format: format ?? name,
      sha256: sha256(canonical.text),
      ...(verb === undefined ? {} : { verb }),
    },
    idStyle: 'hash',
  };
};

/**
 * A body of which nothing can be accepted is refused as one: many systems look at the status and
 * no further. Throws DomainError with what is wrong with its items, `invalid-input` if they are
 * refused for more than one reason.
 */
const refuseIfNothingIsLeft = (read: readonly (InSeries | ItemAnswer)[]): void => {
  const problems = read.flatMap((one) => ('whatToDo' in one ? one : []));
  const [first] = problems;
  if (!first || problems.length < read.length) return;
  const code = problems.every((problem) => problem.code === first.code)
    ? first.code
    : 'invalid-input';
  const issues = problems.flatMap(({ errors = [] }) => errors).slice(0, ISSUES_MAX);
  throw new DomainError(code, first.detail, issues);
};
