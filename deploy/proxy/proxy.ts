import httpProxy from '@fastify/http-proxy';
import Fastify, { type FastifyInstance } from 'fastify';
import { routes, type Upstream } from './routes.js';

export type Upstreams = Readonly<Record<Upstream, string>>;

/** As large as the largest body that a service behind takes; each service has limits of its own. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** One origin in front of the services: passes each path on by the table of routes. */
export const createProxy = async (upstreams: Upstreams): Promise<FastifyInstance> => {
  const fastify = Fastify({ bodyLimit: BODY_BYTES_MAX, logger: false });
  // For operators, who ask the processes themselves.
  fastify.get('/metrics', (_, reply) => {
    reply.callNotFound();
  });
  for (const [prefix, upstream] of routes)
    await fastify.register(httpProxy, {
      prefix,
      rewritePrefix: prefix,
      upstream: upstreams[upstream],
      replyOptions: {
        onError: (reply) => {
          void reply
            .status(503)
            .header('retry-after', '5')
            .type('application/problem+json; charset=utf-8')
            .send(
              JSON.stringify({
                type: 'urn:learning-ledger:problem:unavailable',
                title: 'A part of the system is away for a moment.',
                status: 503,
                code: 'unavailable',
                whatToDo: 'Try again after the seconds in the Retry-After header.',
              }),
            );
        },
      },
    });
  return fastify;
};
