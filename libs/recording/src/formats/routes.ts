import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Clock, DomainError } from '#kernel';
import { type Client, type Problem, problemOf, type Receipt, type Telemetry } from '#contracts';
import { authorise, permit, Tokens } from '#access';
import { canonicalJson } from '#merkle';
import { basicCredentials } from '../basic-credentials.js';
import { Clients } from '../clients.js';
import { canonicalOf, sha256, type Submission } from '../content.js';
import { acceptText, BATCH_MAX, parseJson } from '../json-body.js';
import { EVENT_BYTES_MAX } from '../native-event.js';
import { Recorder } from '../recorder.js';
import type { Format, Item } from './format.js';
import { formatsIn } from './formats.js';
import { type InSeries, Series } from './series.js';

type Answer = Receipt | Problem | Telemetry;
type EventItem = Extract<Item, { is: 'event' }>;

/** So many issues are told of a body that is refused as a whole. */
const ISSUES_MAX = 100;

/** One route for each format: who sends it, what it says, and an answer for each item. */
@Injectable()
export class FormatRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(Clock) private readonly clock: Clock,
    private readonly clients: Clients,
    private readonly recorder: Recorder,
    private readonly series: Series,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const format of await formatsIn())
      void fastify.register((scope, _, done) => {
        acceptText(scope, format.mediaTypes);
        const senders = new WeakMap<FastifyRequest, Client>();
        scope.post(format.path, {
          // Before the body is read: nobody without a key makes us parse one.
          onRequest: async (request) => {
            senders.set(request, await this.#sender(request.headers.authorization));
          },
          handler: async (request) => ({
            results: await this.#record(format, senders.get(request), request.body),
          }),
        });
        done();
      });
  }

  /** By the ledger's own token, or by the client's key: most systems can only be given a key. */
  async #sender(authorization: string | undefined): Promise<Client> {
    const key = basicCredentials(authorization);
    if (key) {
      const client = await this.clients.withKey(key.id, key.secret);
      permit({ id: client.id, role: 'provider', organisation: client.id }, 'record-events');
      return client;
    }
    const actor = await authorise(this.tokens, authorization, 'record-events');
    const client = await this.clients.find(actor?.organisation ?? actor?.id ?? '');
    if (!client) throw new DomainError('unavailable', 'You are not known here yet.');
    return client;
  }

  async #record(
    format: Format,
    client: Client | undefined,
    body: unknown,
  ): Promise<readonly Answer[]> {
    const [source] = client?.sources ?? [];
    if (!client || source === undefined)
      throw new DomainError('source-not-yours', 'No source is registered.');
    const parsed = (format.parse ?? parseJson)(String(body));
    const { homePage } = client;
    const items = await format.read(parsed, { source, homePage, now: this.clock.now() });
    if (items.length > BATCH_MAX)
      throw new DomainError('too-large', `A body may hold ${BATCH_MAX} events.`);
    const read = items.map((item) => this.#read(format, client, item));
    refuseIfNothingIsLeft(read);
    const placed = (await this.series.placed(client, read.filter(isToRecord))).values();
    const answers = read.map((one) => (isToRecord(one) ? placed.next().value : one));
    const submissions = answers.flatMap((one) => (one && 'report' in one ? one : []));
    const outcomes = (await this.recorder.record(client, submissions)).values();
    return answers.map((one, n): Answer => {
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
const refuseIfNothingIsLeft = (read: readonly (InSeries | Answer)[]): void => {
  const problems = read.flatMap((one) => ('whatToDo' in one ? one : []));
  const [first] = problems;
  if (!first || problems.length < read.length) return;
  const code = problems.every((problem) => problem.code === first.code)
    ? first.code
    : 'invalid-input';
  const issues = problems.flatMap(({ errors = [] }) => errors).slice(0, ISSUES_MAX);
  throw new DomainError(code, first.detail, issues);
};

const toProblem = ({ code, detail, issues }: DomainError): Problem =>
  problemOf(code, detail, issues);
