import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Client, problemOf } from '#contracts';
import { authorise, Tokens } from '#access';
import { Clients } from './clients.js';
import { EVENT_MEDIA_TYPES, eventsIn } from './cloud-event-body.js';
import { areaSaid, Reception, TEST_HEADER } from './deliveries/reception.js';
import type { ItemAnswer } from './domain/delivery.js';
import { acceptJson } from './json-body.js';
import { NativeEvents } from './native-events.js';

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
    private readonly events: NativeEvents,
    private readonly reception: Reception,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      acceptJson(scope, EVENT_MEDIA_TYPES);
      this.reception.watch(scope);
      scope.post('/v1/events', {
        // Before the body is read: nobody without a token makes us parse one.
        onRequest: (request) => this.#admit(request),
        handler: async (request, reply) => ({ results: await this.#take(request, reply) }),
      });
      done();
    });
  }

  async #admit(request: FastifyRequest): Promise<void> {
    const { authorization, [TEST_HEADER]: test } = request.headers;
    const actor = await authorise(this.tokens, authorization, 'record-events');
    const client = await this.clients.find(actor?.organisation ?? actor?.id ?? '');
    if (!client) return;
    senders.set(request, client);
    this.reception.admit(request, client, { channel: 'events', area: areaSaid(test) });
  }

  /** Item by item: what is wrong with one is no trouble to the others. */
  async #take(request: FastifyRequest, reply: FastifyReply): Promise<readonly ItemAnswer[]> {
    const events = eventsIn(request.headers, request.body);
    const client = senders.get(request);
    // Registered elsewhere a moment ago, perhaps: what is sent again will be taken.
    if (!client) return events.map(() => problemOf('unavailable', 'You are not known here yet.'));
    this.reception.spendRest(client, events.length);
    const answers = await this.events.take(client, events, this.reception.areaOf(request));
    await this.reception.answered(request, reply, answers, (n) => events[n]);
    return answers;
  }
}

/** Who sends each request that is on its way. */
const senders = new WeakMap<FastifyRequest, Client>();
