import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '#kernel';
import { problemOf, type Problem, type Receipt } from '#contracts';
import { type Actor, authorise, Tokens } from '#access';
import { Clients } from './clients.js';
import { EVENT_MEDIA_TYPES, eventsIn } from './cloud-event-body.js';
import type { Submission } from './content.js';
import { acceptJson } from './json-body.js';
import { readNativeEvent } from './native-event.js';
import { type Outcome, Recorder } from './recorder.js';

type Result = Receipt | Problem;

/**
 * POST /v1/events. A plain Fastify route, for the many: a parser, a validator and an authorisation
 * of its own, and nothing else of the framework between the socket and the log.
 */
@Injectable()
export class EventsRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(Tokens) private readonly tokens: Tokens,
    private readonly clients: Clients,
    private readonly recorder: Recorder,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      acceptJson(scope, EVENT_MEDIA_TYPES);
      scope.post('/v1/events', {
        // Before the body is read: nobody without a token makes us parse one.
        onRequest: async (request) => {
          const actor = await authorise(
            this.tokens,
            request.headers.authorization,
            'record-events',
          );
          actors.set(request, actor);
        },
        handler: async (request) => ({
          results: await this.#record(actors.get(request), eventsIn(request.headers, request.body)),
        }),
      });
      done();
    });
  }

  /** Item by item: what is wrong with one is no trouble to the others. */
  async #record(actor: Actor | undefined, events: readonly unknown[]): Promise<readonly Result[]> {
    const client = await this.clients.find(actor?.organisation ?? actor?.id ?? '');
    // Registered elsewhere a moment ago, perhaps: what is sent again will be taken.
    if (!client) return events.map(() => problemOf('unavailable', 'You are not known here yet.'));
    const read = events.map((event): Submission | Problem => {
      try {
        const submission = readNativeEvent(event);
        const refusal = this.recorder.refusal(client, submission);
        return refusal ? toProblem(refusal) : submission;
      } catch (error) {
        if (error instanceof DomainError) return toProblem(error);
        throw error;
      }
    });
    const submissions = read.filter((item) => 'report' in item);
    const outcomes = (await this.recorder.record(client, submissions)).values();
    return read.map((item) => ('report' in item ? resultOf(outcomes.next().value) : item));
  }
}

/** Who sends each request that is on its way. */
const actors = new WeakMap<object, Actor | undefined>();

const toProblem = ({ code, detail, issues }: DomainError): Problem =>
  problemOf(code, detail, issues);

const resultOf = (outcome: Outcome | undefined): Result => {
  if (!outcome) throw new Error('an event got no answer');
  return outcome.is === 'recorded' ? outcome.receipt : toProblem(outcome.error);
};
