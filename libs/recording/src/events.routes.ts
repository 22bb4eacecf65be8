import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { problemOf } from '#contracts';
import { type Actor, authorise, Tokens } from '#access';
import { Clients } from './clients.js';
import { EVENT_MEDIA_TYPES, eventsIn } from './cloud-event-body.js';
import { acceptJson } from './json-body.js';
import { NativeEvents, type Result } from './native-events.js';

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
    return this.events.record(client, events);
  }
}

/** Who sends each request that is on its way. */
const actors = new WeakMap<object, Actor | undefined>();
