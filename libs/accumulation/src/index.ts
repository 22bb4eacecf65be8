import type { Context } from '#log';
import { AccumulationModule } from './accumulation.module.js';
import { AddCorrection1764100000300 } from './correction-migration.js';
import { CreateAccumulation1764000003000 } from './migrations.js';
import { FindLearningById1764500010300 } from './learning-index-migration.js';
import { AddCredentialHolders1764200002200 } from './people-migration.js';

/** Folds what was learned against achievement definitions, and keeps the accounts of credit. */
export const accumulation: Context = {
  module: AccumulationModule,
  migrations: [
    CreateAccumulation1764000003000,
    AddCorrection1764100000300,
    AddCredentialHolders1764200002200,
    FindLearningById1764500010300,
  ],
};
