import httpProxy from '@fastify/http-proxy';
import Fastify, { type FastifyInstance } from 'fastify';
import { routes, type Upstream } from './routes.js';

export type Upstreams = Readonly<Record<Upstream, string>>;

/** As large as the largest body that a service behind takes; each service has limits of its own. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** What is being answered when it ends has so long; a page that follows an import would listen for ever. */
export const LAST_ANSWERS_MS = 5_000;

/** One origin in front of the services: passes each path on by the table of routes. */
export const createProxy = async (upstreams: Upstreams): Promise<FastifyInstance> => {
  const fastify = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    logger: false,
    forceCloseConnections: true,
  });
  endInOrder(fastify);
  // For operators, who ask the processes themselves.
  fastify.get('/metrics', (_, reply) => {
    reply.callNotFound();
  });
  for (const [prefix, upstream] of routes)
    await fastify.register(httpProxy, {
      prefix,
      rewritePrefix: prefix,
      upstream: upstreams[upstream],
      // Closed in order, it would wait for an answer that may never come.
      destroyAgent: true,
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

/** Whoever is being answered when it closes has a moment; then all connections are closed. */
const endInOrder = (fastify: FastifyInstance): void => {
  let answering = 0;
  let answered: () => void = () => undefined;
  fastify.addHook('onRequest', (_request, { raw }, done) => {
    answering += 1;
    // Also where who asked has gone: then there is no response, as Fastify sees it.
    raw.once('close', () => {
      answering -= 1;
      if (answering === 0) answered();
    });
    done();
  });
  fastify.addHook('preClose', async () => {
    if (answering === 0) return;
    const late = setTimeout(() => answered(), LAST_ANSWERS_MS);
    await new Promise<void>((resolve) => {
      answered = resolve;
    });
    clearTimeout(late);
  });
};
