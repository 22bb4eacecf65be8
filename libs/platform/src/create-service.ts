import 'reflect-metadata';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule, NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock, PublicUrl } from '#kernel';
import { Tokens } from '#access';
import { type Context, Journal, Log, LogGuard } from '#log';
import { KeyRing, Vault } from '#vault';
import { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { AccessGuard } from './access.guard.js';
import type { Config } from './config.js';
import { type Foundation, layFoundation } from './foundation.js';
import { HealthController, type Readiness, READINESS } from './health.controller.js';
import { createHttpServer } from './http-server.js';
import { createLogger, nestLogger } from './logger.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { serveApiDescription } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { RouteCheck } from './route-check.js';
import type { ServiceDefinition } from './service-definition.js';
import { validation } from './validation.js';

/** What is being answered when a service ends has so long: a stream may go on as long as who listens. */
export const LAST_ANSWERS_MS = 5_000;

/** A running service: an app, what it stands on, and how to end it. */
export interface Service {
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  readonly foundation: Foundation;
  /** Starts to listen; answers the address. */
  listen(): Promise<string>;
  /** Drains: no new requests, then the readers, then the log, then the database. */
  close(): Promise<void>;
}

@Global()
@Module({})
class PlatformModule {
  static on(
    foundation: Foundation,
    readiness: Readiness,
    contexts: readonly Context[],
  ): DynamicModule {
    const { db, log, guard, journal, vault, keyRing, clock, publicUrl, tokens, metrics } =
      foundation;
    const globals = [
      { provide: DataSource, useValue: db },
      { provide: Log, useValue: log },
      { provide: LogGuard, useValue: guard },
      { provide: Journal, useValue: journal },
      { provide: Vault, useValue: vault },
      { provide: KeyRing, useValue: keyRing },
      { provide: Clock, useValue: clock },
      { provide: PublicUrl, useValue: publicUrl },
      { provide: Tokens, useValue: tokens },
    ];
    return {
      module: PlatformModule,
      imports: [CqrsModule.forRoot(), DiscoveryModule, ...contexts.map(({ module }) => module)],
      controllers: [HealthController, MetricsController],
      providers: [
        ...globals,
        RouteCheck,
        { provide: Metrics, useValue: metrics },
        { provide: READINESS, useValue: readiness },
        { provide: APP_PIPE, useValue: validation },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [...globals.map(({ provide }) => provide), CqrsModule, DiscoveryModule],
    };
  }
}

/**
 * Boots any set of contexts as one service. Which contexts run together is the only thing an app
 * decides; where the database is and how events travel is the configuration's. With `reads: false`
 * its projections stand still: for commands that look after a service.
 */
export const createService = async (
  definition: ServiceDefinition,
  config: Config,
  { reads = true }: { readonly reads?: boolean } = {},
): Promise<Service> => {
  const logger = createLogger(definition.name, config.logLevel);
  const foundation = await layFoundation(definition, config, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    PlatformModule.on(foundation, foundation.readiness, definition.contexts),
    createHttpServer(logger, foundation.metrics),
    { logger: nestLogger(logger), abortOnError: false },
  );
  serveApiDescription(app, definition.contexts);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  foundation.findProjections(app);
  if (reads) await foundation.startReading();

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await foundation.stopReading();
      const server = app.getHttpServer();
      const late = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
      await app.close().finally(() => clearTimeout(late));
      await foundation.close();
    })());
  return {
    app,
    logger,
    foundation,
    close,
    listen: async () => {
      await app.listen(config.port, config.host);
      return app.getUrl();
    },
  };
};
