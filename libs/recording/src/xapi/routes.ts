import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, PublicUrl } from '#kernel';
import type { Client, Receipt } from '#contracts';
import { permit } from '#access';
import { randomUUID } from 'node:crypto';
import { basicCredentials } from '../basic-credentials.js';
import { Clients } from '../clients.js';
import { acceptJson, itemsOf } from '../json-body.js';
import { Recorder } from '../recorder.js';
import { readStatements, type StatementFormat } from './statements.js';

const XAPI_VERSIONS = ['1.0.3', '2.0.0'] as const;
type Version = (typeof XAPI_VERSIONS)[number];

const VERSION_HEADER = 'x-experience-api-version';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;
/** Clients give up on long headers: more receipts than these are not linked. */
const LINKS_MAX = 40;

interface Sender {
  readonly client: Client;
  readonly version: Version;
}

/** The part of xAPI (1.0.3 and 2.0) that providers record with. */
@Injectable()
export class XapiRoutes implements OnModuleInit {
  readonly #senders = new WeakMap<FastifyRequest, Sender>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly publicUrl: PublicUrl,
    private readonly clients: Clients,
    private readonly recorder: Recorder,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      acceptJson(scope, ['application/json']);
      scope.addHook('onRequest', (request, reply, next) => {
        const version = versionOf(request.headers[VERSION_HEADER]);
        void reply.header(VERSION_HEADER, version ?? XAPI_VERSIONS.at(-1));
        next();
      });
      scope.addHook('onSend', (_request, reply, payload, next) => {
        if (reply.statusCode === 401) void reply.header('www-authenticate', 'Basic realm="xapi"');
        next(null, payload);
      });
      // Public: it says what is spoken here, and asks for no version itself.
      scope.get('/xapi/about', () => ({ version: XAPI_VERSIONS }));
      const onRequest = (request: FastifyRequest) => this.#admit(request);
      scope.post('/xapi/statements', { onRequest }, (request, reply) => this.#post(request, reply));
      scope.put('/xapi/statements', { onRequest }, (request, reply) => this.#put(request, reply));
      done();
    });
  }

  /** Who sends it, in which version. Throws `invalid-client`, `not-allowed`, `invalid-input`. */
  async #admit(request: FastifyRequest): Promise<void> {
    const credentials = basicCredentials(request.headers.authorization);
    if (!credentials) throw new DomainError('not-signed-in');
    const client = await this.clients.withKey(credentials.id, credentials.secret);
    permit({ id: client.id, role: 'provider', organisation: client.id }, 'record-events');
    const version = versionOf(request.headers[VERSION_HEADER]);
    if (!version) throw invalid('#', `Say "X-Experience-API-Version: ${XAPI_VERSIONS[0]}".`);
    this.#senders.set(request, { client, version });
  }

  async #post(request: FastifyRequest, reply: FastifyReply): Promise<readonly string[]> {
    const { body } = request;
    const pointerTo = (n: number): string => (Array.isArray(body) ? `/${n}` : '');
    return this.#record(request, reply, itemsOf(body), pointerTo);
  }

  async #put(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { body } = request;
    const { statementId } = request.query as Readonly<Record<string, unknown>>;
    if (typeof statementId !== 'string' || !UUID.test(statementId))
      throw invalid('#', 'The parameter "statementId" is a UUID.');
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw invalid('#', 'Must be one statement.');
    const { id = statementId } = body as { readonly id?: unknown };
    if (typeof id !== 'string' || id.toLowerCase() !== statementId.toLowerCase())
      throw invalid('#/id', 'Must be the "statementId" of the address.');
    await this.#record(request, reply, [{ ...body, id }], () => '');
    await reply.status(204).send();
  }

  /** All or nothing (xAPI 1.0.3, Communication §2.1.2); answers the ids, in order. */
  async #record(
    request: FastifyRequest,
    reply: FastifyReply,
    values: readonly unknown[],
    pointerTo: (n: number) => string,
  ): Promise<readonly string[]> {
    const sender = this.#senders.get(request);
    if (!sender) throw new DomainError('not-signed-in');
    const { client, version } = sender;
    const [source] = client.sources;
    if (source === undefined) throw new DomainError('source-not-yours', 'No source is registered.');
    const format: StatementFormat = `xapi-${version}`;
    const statements = readStatements(values, source, format, pointerTo);
    const submissions = statements.flatMap(({ submission }) => submission ?? []);
    for (const submission of submissions) {
      const refusal = this.recorder.refusal(client, submission);
      if (refusal) throw refusal;
    }
    const recorded = await this.recorder.recordWhole(client, submissions);
    const links = recorded.slice(0, LINKS_MAX).map((one) => this.#link(one.receipt, one.eventId));
    if (links.length > 0) void reply.header('link', links.join(', '));
    const made = recorded.values();
    return statements.map(
      ({ id, submission }) => (submission ? made.next().value?.eventId : id) ?? randomUUID(),
    );
  }

  /** RFC 8288; the anchor says which statement the receipt is for. */
  #link({ log, seq }: Receipt, statementId: string): string {
    const receipt = this.publicUrl.to(`/v1/ledger/${log}/entries/${seq}`);
    return `<${receipt}>; rel="receipt"; anchor="urn:uuid:${statementId}"`;
  }
}

const versionOf = (header: string | string[] | undefined): Version | undefined => {
  const [, major] = /^([12])\.0(?:\.\d+)?$/u.exec(String(header)) ?? [];
  return XAPI_VERSIONS.find((version) => major !== undefined && version.startsWith(major));
};

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('invalid-input', pointer === '#' ? detail : undefined, [{ pointer, detail }]);
