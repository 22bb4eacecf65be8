import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { createService, type Service } from './create-service.js';
import type { ServiceDefinition } from './service-definition.js';
import type { Config } from './config.js';

/** V8 knows the flag from here on, and complains of flags that it does not know. */
const V8_WITH_GLOBAL_LIMIT = 13;

/**
 * V8 marks its whole heap each time that buffers have grown by some 64 MB, which those that only pass
 * through do every second or two under load. Counted like everything else, they wait for the limit that
 * the whole heap has (docs/performance.md).
 */
const countBuffersLikeTheRest = (): void => {
  if (Number.parseInt(process.versions.v8, 10) >= V8_WITH_GLOBAL_LIMIT)
    setFlagsFromString('--external-memory-accounted-in-global-limit');
};

/** Starts a service, listens, and ends it in order on SIGINT and SIGTERM. */
export const runService = async (
  definition: ServiceDefinition,
  config: Config,
): Promise<Service> => {
  countBuffersLikeTheRest();
  const service = await createService(definition, config);
  const address = await service.listen();
  service.logger.info({ address }, 'ready');
  // Where NODE_COMPILE_CACHE is set: written now, as we may never come to end in order.
  flushCompileCache();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          service.logger.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  return service;
};
