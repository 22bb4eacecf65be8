import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import type { Job } from '#contracts';
import { authorise, Tokens } from '#access';
import { Clients } from '../clients.js';
import { ImportStore } from './import-store.js';
import { ImportWorker } from './import-worker.js';
import { STREAM_BEAT_MS, STREAM_LOOK_MS, STREAM_MS_MAX, STREAMS_MAX } from './limits.js';
import { refusedFile } from './refused-file.js';
import { RunningStore } from './running-store.js';
import { TRIAL_NOTE } from './trial.js';
import { Uploads } from './upload.js';

type OfOne = { readonly Params: { readonly id: string } };

/** What comes or goes as a stream: uploads, progress, and files to correct. */
@Injectable()
export class ImportRoutes implements OnModuleInit {
  #streams = 0;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(Tokens) private readonly tokens: Tokens,
    private readonly clients: Clients,
    private readonly store: ImportStore,
    private readonly running: RunningStore,
    private readonly worker: ImportWorker,
    private readonly uploads: Uploads,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      const clients = new WeakMap<FastifyRequest, string>();
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('multipart/form-data', (_request, body, parsed) => {
        parsed(null, body);
      });
      // Before a body is read: nobody without a token makes us take one.
      scope.addHook('onRequest', async (request) => {
        clients.set(request, await this.#client(request.headers.authorization));
      });
      const clientOf = (request: FastifyRequest): string => clients.get(request) ?? '';
      scope.post('/v1/imports', { config: { takesLong: true } }, (request, reply) =>
        this.#upload(clientOf(request), request, reply),
      );
      scope.get<OfOne>('/v1/imports/:id/refused.csv', (request, reply) =>
        this.#refused(request.params.id, clientOf(request), reply),
      );
      scope.get<OfOne>('/v1/jobs/:id', (request) =>
        this.store.job(request.params.id, clientOf(request)),
      );
      scope.get<OfOne>('/v1/jobs/:id/events', (request, reply) =>
        this.#follow(request.params.id, clientOf(request), reply),
      );
      done();
    });
  }

  async #client(authorization: string | undefined): Promise<string> {
    const actor = await authorise(this.tokens, authorization, 'import-files');
    const client = await this.clients.of(actor);
    return client.id;
  }

  async #upload(client: string, request: FastifyRequest, reply: FastifyReply): Promise<object> {
    if (!(request.body instanceof Readable)) throw new DomainError('unsupported-media-type');
    const { signal } = this.worker;
    const { id, area } = await this.uploads.take(client, request.headers, request.body, signal);
    void reply.status(202).header('location', `/v1/imports/${id}`);
    const note = area === 'test' ? { note: TRIAL_NOTE } : {};
    return { id, job: id, state: 'waiting', area, ...note };
  }

  async #refused(id: string, client: string, reply: FastifyReply): Promise<FastifyReply> {
    const stored = await this.store.find(id, client);
    return reply
      .headers({
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="refused-rows.csv"',
        'cache-control': 'no-store',
      })
      .send(Readable.from(refusedFile(stored, this.running)));
  }

  async #follow(id: string, client: string, reply: FastifyReply): Promise<FastifyReply> {
    // Whether it is there is answered as such, and not within a stream.
    await this.store.job(id, client);
    if (this.#streams >= STREAMS_MAX) throw new DomainError('rate-limited');
    this.#streams += 1;
    const stream = Readable.from(this.#progress(id, client));
    stream.once('close', () => (this.#streams -= 1));
    return reply
      .headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies that gather answers would keep it all back.
        'x-accel-buffering': 'no',
      })
      .send(stream);
  }

  /** Server-sent events: the job whenever it has moved, until it has ended. */
  async *#progress(id: string, client: string): AsyncGenerator<string> {
    const { signal } = this.worker;
    let [told, toldAt] = ['', 0];
    const until = performance.now() + STREAM_MS_MAX;
    while (!signal.aborted && performance.now() < until) {
      const job = await this.store.job(id, client).catch(() => undefined);
      if (job) {
        const text = JSON.stringify(job);
        if (text !== told) {
          yield `event: job\ndata: ${text}\n\n`;
          [told, toldAt] = [text, performance.now()];
        }
        if (hasEnded(job)) return;
      }
      if (performance.now() - toldAt > STREAM_BEAT_MS) {
        yield ': still here\n\n';
        toldAt = performance.now();
      }
      await sleep(STREAM_LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

const hasEnded = ({ state }: Job): boolean => state !== 'waiting' && state !== 'running';
