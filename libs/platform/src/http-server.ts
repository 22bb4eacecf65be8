import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics/metrics.js';

/** Larger bodies are refused unless a route states a limit of its own. */
export const BODY_BYTES_MAX = 1024 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/u;
/** A whole request must have come by then, and its headers by then; how often that is looked at. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Unless its route says that it takes long (`config: { takesLong: true }`), as uploads do. */
const LONG_REQUEST_TIMEOUT_MS = 6 * 3_600_000;
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_MS = 2_000;
const LINGER_MS = 5_000;
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n';

/** Fastify as we run it: bounded, with a request id on every answer and no address in a log. */
export const createHttpServer = (logger: Logger, metrics: Metrics): FastifyAdapter => {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    // We log what was answered ourselves, by route: an address can hold a person.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: LONG_REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_MS },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  limitTime(adapter.getInstance<FastifyInstance>());
  observe(adapter.getInstance<FastifyInstance>(), metrics);
  return adapter;
};

/** Ends connections on which a body does not come in time, as Node does for all routes alike. */
const limitTime = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', ({ raw, headers, routeOptions }, reply, done) => {
    const hasBody = headers['content-length'] !== undefined || 'transfer-encoding' in headers;
    const takesLong = (routeOptions.config as { takesLong?: boolean } | undefined)?.takesLong;
    if (hasBody && takesLong !== true && !raw.complete) {
      const timer = setTimeout(() => {
        // Ended alone it would go on to be read, for as long as the other side sends.
        if (isComing(raw)) raw.socket.end(TIMED_OUT, () => raw.socket.destroy());
      }, REQUEST_TIMEOUT_MS).unref();
      raw.once('close', () => clearTimeout(timer));
    }
    // Answered before all of it came: who still sends has a moment to hear it, and no more.
    if (takesLong === true)
      reply.raw.once('finish', () => {
        setTimeout(() => {
          if (isComing(raw)) raw.socket.destroy();
        }, LINGER_MS).unref();
      });
    done();
  });
};

/** Whether more of a body is to come over a network. */
const isComing = (raw: IncomingMessage): boolean => !raw.complete && raw.socket instanceof Socket;

const observe = (fastify: FastifyInstance, metrics: Metrics): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    // The pattern of the route, not the address: an address can name a learner (xAPI does).
    const route = request.routeOptions.url ?? 'unknown';
    metrics.httpSeconds.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1_000,
    );
    request.log.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    );
    done();
  });
};
