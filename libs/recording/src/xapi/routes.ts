import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import type { Area, Client } from '#contracts';
import { Clients } from '../clients.js';
import { areaSaid, Reception, TEST_HEADER } from '../deliveries/reception.js';
import { requestOf, type Sent } from '../deliveries/refused-items.js';
import { BODY_BYTES_MAX, refuseTooLarge } from '../json-body.js';
import { readAlternate, type SentRequest } from './alternate-request.js';
import { invalid } from './invalid.js';
import type { XapiAnswer, XapiRequest, XapiVersion } from './resource.js';
import { XAPI_VERSIONS } from './resource.js';
import { Resources } from './resources.js';

const ENDPOINT = '/xapi';
/** For who can set nothing but an address: all that is sent here is a trial. */
const TEST_ENDPOINT = '/xapi-test';
const VERSION_HEADER = 'x-experience-api-version';
/** What a client that names no version speaks: the header is younger than 0.95 (part 3 §3.3). */
const BEFORE_VERSIONS = '0.95';
/** Statements with their attachments. */
const REQUEST_BYTES_MAX = 4 * BODY_BYTES_MAX;
/** A form with the key in it, which is read before we know whose it is. */
const UNKNOWN_BYTES_MAX = 1024 * 1024;
const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;

/** The endpoint of the Learning Record Store: who asks, in which version, and for what. */
@Injectable()
export class XapiRoutes implements OnModuleInit {
  readonly #clients = new WeakMap<FastifyRequest, Client>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly clients: Clients,
    private readonly resources: Resources,
    private readonly reception: Reception,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      acceptBytes(scope);
      this.reception.watch(scope);
      scope.addHook('onRequest', async (request, reply) => {
        const asked = request.headers[VERSION_HEADER];
        const version = asked === undefined ? BEFORE_VERSIONS : XAPI_VERSIONS.at(-1);
        void reply.header(VERSION_HEADER, versionOf(asked) ?? version);
        void reply.headers(await this.resources.headersOf(pathOf(request), request.method));
      });
      scope.addHook('onSend', (_request, reply, payload, next) => {
        if (reply.statusCode === 401) void reply.header('www-authenticate', 'Basic realm="xapi"');
        next(null, payload);
      });
      for (const endpoint of [ENDPOINT, TEST_ENDPOINT]) this.#serve(scope, endpoint);
      done();
    });
  }

  #serve(scope: FastifyInstance, endpoint: string): void {
    // Public: it says what is spoken here, and asks for no version itself.
    scope.get(`${endpoint}/about`, (_request, reply) => {
      void reply.header(VERSION_HEADER, XAPI_VERSIONS.at(-1));
      return { version: XAPI_VERSIONS };
    });
    for (const path of this.resources.paths)
      scope.route({
        method: [...METHODS],
        url: `${endpoint}${path}`,
        exposeHeadRoute: false,
        onRequest: (request) => this.#admit(request),
        handler: (request, reply) => this.#answer(request, reply),
      });
  }

  /** Before the body is read: nobody without a key makes us parse one. */
  async #admit(request: FastifyRequest): Promise<void> {
    const { authorization } = request.headers;
    // In the alternate syntax the key may be in the form: it is asked for when that has been read.
    const isAlternate = queryOf(request).has('method');
    if (authorization === undefined && isAlternate) {
      if (Number(request.headers['content-length'] ?? Infinity) <= UNKNOWN_BYTES_MAX) return;
      throw new DomainError(
        'too-large',
        `A form of more than ${UNKNOWN_BYTES_MAX} bytes comes with the header "Authorization".`,
      );
    }
    const client = await this.clients.byKey(authorization);
    // A key in the form goes before this one, and what is asked for is in there.
    if (isAlternate) return;
    this.#clients.set(request, client);
    this.#receive(request, client, request);
  }

  /** A request that sends statements is a delivery. All that write cost as much as a statement. */
  #receive(request: FastifyRequest, client: Client, asked: Asked): void {
    if (asked.method === 'GET' || asked.method === 'HEAD') return;
    if (pathOf(request) === '/statements' && asked.method !== 'DELETE') {
      const area = areaOf(request, asked.headers);
      this.reception.admit(request, client, { channel: 'xapi', area }, () => keptOf(request));
    } else this.reception.admitUntold(client);
  }

  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    checkEncoding(request);
    const asked = askedBy(request);
    const client =
      this.#clients.get(request) ?? (await this.clients.byKey(asked.headers['authorization']));
    const version = versionOf(asked.headers[VERSION_HEADER]);
    if (!version) throw invalid(`Say "X-Experience-API-Version: ${XAPI_VERSIONS[0]}".`);
    void reply.header(VERSION_HEADER, version);
    if (queryOf(request).has('method')) this.#receive(request, client, asked);
    const area = areaOf(request, asked.headers);
    const answer = await this.resources.handle(pathOf(request), {
      ...asked,
      client,
      version,
      area,
    });
    if (answer.became) await this.reception.answered(request, reply, answer.became);
    await send(reply, answer);
  }
}

const acceptBytes = (scope: FastifyInstance): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: REQUEST_BYTES_MAX },
    (_, body, done) => {
      done(null, body);
    },
  );
  refuseTooLarge(scope, REQUEST_BYTES_MAX);
};

type Asked = Pick<FastifyRequest, 'method'> & {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

const isTestEndpoint = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.url ?? '').startsWith(`${TEST_ENDPOINT}/`);

const pathOf = (request: FastifyRequest): string =>
  (request.routeOptions.url ?? '').slice(
    (isTestEndpoint(request) ? TEST_ENDPOINT : ENDPOINT).length,
  );

const areaOf = (request: FastifyRequest, headers: Asked['headers']): Area =>
  isTestEndpoint(request) ? 'test' : areaSaid(headers[TEST_HEADER]);

/** What is kept of a request that was refused: enough to ask the same once more. */
const keptOf = (request: FastifyRequest): Sent | undefined => {
  try {
    const { method, headers, parameters, body } = askedBy(request);
    const version = versionOf(headers[VERSION_HEADER]);
    if (!version || body.length === 0 || (method !== 'POST' && method !== 'PUT')) return undefined;
    const mediaType = headers['content-type'] ?? 'application/json';
    return requestOf(body, mediaType, { method, version, parameters });
  } catch (error) {
    // It could not be read, which is why it was refused.
    if (error instanceof DomainError) return undefined;
    throw error;
  }
};

const send = async (reply: FastifyReply, answer: XapiAnswer): Promise<void> => {
  const { status, headers = {}, body } = answer;
  void reply.status(status).headers(headers);
  await reply.send(body);
};

const versionOf = (header: string | string[] | undefined): XapiVersion | undefined => {
  const [, major] = /^([12])\.0(?:\.\d+)?$/u.exec(String(header)) ?? [];
  return XAPI_VERSIONS.find((version) => major !== undefined && version.startsWith(major));
};

const queryOf = ({ url }: FastifyRequest): URLSearchParams => {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
};

/** URLSearchParams takes what is no encoding as it stands: then something else would be asked for. */
const checkEncoding = ({ url }: FastifyRequest): void => {
  try {
    decodeURIComponent(url);
  } catch {
    throw invalid('The address is percent-encoded UTF-8.');
  }
};

/** What is asked for, in whichever syntax. Throws `invalid-input` for what neither knows. */
const askedBy = (
  request: FastifyRequest,
): Pick<XapiRequest, 'method' | 'parameters' | 'headers' | 'body'> => {
  const sent = sentBy(request);
  return readAlternate(sent) ?? { ...sent, parameters: parametersOf(sent.query) };
};

/** The methods are those of the route. */
const sentBy = (request: FastifyRequest): SentRequest & Pick<XapiRequest, 'method'> => ({
  method: request.method as XapiRequest['method'],
  query: queryOf(request),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  ),
  body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
});

/** Throws `invalid-input` for a parameter that is there twice. */
const parametersOf = (query: URLSearchParams): Readonly<Record<string, string>> => {
  const parameters = Object.fromEntries(query);
  if (Object.keys(parameters).length < query.size) throw invalid('A parameter is there twice.');
  return parameters;
};
