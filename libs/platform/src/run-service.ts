import { flushCompileCache } from 'node:module';
import { createService, type Service } from './create-service.js';
import type { ServiceDefinition } from './service-definition.js';
import type { Config } from './config.js';

/** Starts a service, listens, and ends it in order on SIGINT and SIGTERM. */
export const runService = async (
  definition: ServiceDefinition,
  config: Config,
): Promise<Service> => {
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
