import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, newId } from '#kernel';
import type { Client } from '#contracts';
import { areaSaid, Reception, TEST_HEADER } from '../deliveries/reception.js';
import { requestOf, type Sent } from '../deliveries/refused-items.js';
import { acceptText, parseJson } from '../json-body.js';
import { Senders } from '../senders.js';
import { type LineItem, readLineItem } from './line-item.js';
import { type Gradebook, LineItems } from './line-items.js';
import { checkName, filterOf, nextQuery } from './requests.js';
import { FORMAT, postedWith, Scores } from './scores.js';

export const LINE_ITEM = 'application/vnd.ims.lis.v2.lineitem+json';
export const CONTAINER = 'application/vnd.ims.lis.v2.lineitemcontainer+json';
export const SCORE = 'application/vnd.ims.lis.v1.score+json';
const JSON_TYPE = 'application/json';
/** A line item is some short texts. */
const LINE_ITEM_BYTES_MAX = 64 * 1024;

const LIST = '/lti/ags/:context/lineitems';
const ONE = `${LIST}/:lineItem`;

type Request = FastifyRequest;

/**
 * The services of LTI Assignment and Grade Services 2.0 that a tool calls: line items (§3.2) and
 * scores (§3.4). The query of an address means nothing to us and may be there (§3.4.1).
 */
@Injectable()
export class LineItemRoutes implements OnModuleInit {
  readonly #clients = new WeakMap<Request, Client>();
  /** What the score of a request is of, once that is known. */
  readonly #scored = new WeakMap<Request, LineItem>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly senders: Senders,
    private readonly lineItems: LineItems,
    private readonly scores: Scores,
    private readonly reception: Reception,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      acceptText(scope, [LINE_ITEM, JSON_TYPE], LINE_ITEM_BYTES_MAX);
      const onRequest = (request: Request) => this.#admit(request);
      const route = (
        method: 'GET' | 'POST' | 'PUT' | 'DELETE',
        url: string,
        handler: (request: Request, reply: FastifyReply) => Promise<unknown>,
      ) => scope.route({ method, url, onRequest, handler });
      route('GET', LIST, (request, reply) => this.#list(request, reply));
      route('POST', LIST, (request, reply) => this.#create(request, reply));
      route('GET', ONE, (request, reply) => this.#show(request, reply));
      route('PUT', ONE, (request, reply) => this.#replace(request, reply));
      route('DELETE', ONE, (request, reply) => this.#remove(request, reply));
      done();
    });
    void fastify.register((scope, _, done) => {
      acceptText(scope, [SCORE, JSON_TYPE]);
      this.reception.watch(scope);
      scope.post(`${ONE}/scores`, {
        onRequest: (request) => this.#admitScore(request),
        handler: (request, reply) => this.#score(request, reply),
      });
      done();
    });
  }

  /** Before the body is read: nobody without a key makes us parse one. */
  async #admit(request: Request): Promise<void> {
    const client = await this.senders.of(request.headers.authorization);
    this.#clients.set(request, client);
    areaSaid(request.headers[TEST_HEADER]);
    if (request.method === 'GET' || request.method === 'HEAD') return;
    // To write a line item costs as much as an event.
    this.reception.admitUntold(client);
  }

  async #admitScore(request: Request): Promise<void> {
    const client = await this.senders.of(request.headers.authorization);
    this.#clients.set(request, client);
    const area = areaSaid(request.headers[TEST_HEADER]);
    this.reception.admit(request, client, { channel: FORMAT, area }, () => this.#keptOf(request));
  }

  /** As POST /v1/formats/lti-ags takes it: it is sent again that way. */
  #keptOf(request: Request): Sent | undefined {
    const lineItem = this.#scored.get(request);
    if (!lineItem || typeof request.body !== 'string') return undefined;
    try {
      return requestOf(postedWith(lineItem, request.body), JSON_TYPE);
    } catch (error) {
      // It could not be read, which is why it was refused.
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }

  async #list(request: Request, reply: FastifyReply): Promise<void> {
    const gradebook = this.#gradebookOf(request);
    const { data, next } = await this.lineItems.page(gradebook, filterOf(request.query));
    const address = this.lineItems.addressOf(gradebook);
    if (next !== undefined)
      void reply.header('link', `<${address}?${nextQuery(request.url, next)}>; rel="next"`);
    await send(reply, data, CONTAINER);
  }

  async #create(request: Request, reply: FastifyReply): Promise<void> {
    const gradebook = this.#gradebookOf(request);
    const definition = readLineItem(bodyOf(request));
    const id = newId('lit');
    if (!isTrial(request)) await this.lineItems.add(gradebook, id, definition);
    void reply.status(201).header('location', this.lineItems.addressOf(gradebook, id));
    await send(reply, this.lineItems.shown(gradebook, id, definition));
  }

  async #show(request: Request, reply: FastifyReply): Promise<void> {
    await send(reply, await this.#found(request));
  }

  async #replace(request: Request, reply: FastifyReply): Promise<void> {
    const { id } = await this.#found(request);
    const definition = readLineItem(bodyOf(request), id);
    const lineItem = isTrial(request)
      ? { id, ...definition }
      : await this.lineItems.replace(this.#gradebookOf(request), idOf(request), definition);
    await send(reply, lineItem);
  }

  async #remove(request: Request, reply: FastifyReply): Promise<void> {
    await this.#found(request);
    if (!isTrial(request)) await this.lineItems.remove(this.#gradebookOf(request), idOf(request));
    await reply.status(204).send();
  }

  async #score(request: Request, reply: FastifyReply): Promise<unknown> {
    const lineItem = await this.#found(request);
    this.#scored.set(request, lineItem);
    const area = this.reception.areaOf(request);
    const text = String(request.body);
    const answer = await this.scores.record(this.#clientOf(request), lineItem, text, area);
    await this.reception.answered(request, reply, [answer]);
    return answer;
  }

  #found(request: Request): Promise<LineItem> {
    return this.lineItems.find(this.#gradebookOf(request), idOf(request));
  }

  #gradebookOf(request: Request): Gradebook {
    const { context } = request.params as { readonly context: string };
    return { client: this.#clientOf(request).id, context: checkName(context) };
  }

  #clientOf(request: Request): Client {
    const client = this.#clients.get(request);
    if (!client) throw new DomainError('not-signed-in');
    return client;
  }
}

const idOf = ({ params }: Request): string =>
  checkName((params as { readonly lineItem: string }).lineItem);

const bodyOf = ({ body }: Request): unknown => parseJson(String(body));

/** A trial is checked and answered, and nothing of it is kept. */
const isTrial = ({ headers }: Request): boolean => areaSaid(headers[TEST_HEADER]) === 'test';

/** As bytes: to text a charset would be added, which these media types do not have. */
const send = async (
  reply: FastifyReply,
  body: LineItem | readonly LineItem[],
  mediaType = LINE_ITEM,
): Promise<void> => {
  await reply.type(mediaType).send(Buffer.from(JSON.stringify(body)));
};
