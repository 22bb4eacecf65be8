import { Module } from '@nestjs/common';
import { type Context, MetaLogGuard } from '#log';
import { LedgerController } from './ledger.controller.js';
import { paths } from './openapi.js';
import { CreateMetaLog1764100100000 } from './migrations.js';
import { MetaController } from './meta.controller.js';
import { MetaLog } from './meta-log.js';
import { LogController } from './log.controller.js';
import { OwnLog } from './own-log.js';
import { PublishedLogs } from './published-logs.js';
import { WitnessRoutes } from './witness.routes.js';
import { SETTINGS, type TransparencySettings } from './settings.js';

@Module({})
class TransparencyModule {}

/** The log, checkable by others: checkpoints, tiles, proofs. */
export const transparency = (settings: TransparencySettings): Context => ({
  module: {
    module: TransparencyModule,
    controllers: [...(settings.meta ? [MetaController] : []), LogController, LedgerController],
    providers: [
      { provide: SETTINGS, useValue: settings },
      PublishedLogs,
      OwnLog,
      ...(settings.meta ? [MetaLogGuard, MetaLog] : []),
      ...(settings.witnessedLogs ? [WitnessRoutes] : []),
    ],
  },
  migrations: settings.meta ? [CreateMetaLog1764100100000] : [],
  ...(settings.witnessedLogs ? { paths } : {}),
});
