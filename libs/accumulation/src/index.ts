import type { Context } from '#log';
import { AccumulationModule } from './accumulation.module.js';
import { AddCorrection1764100000300 } from './correction-migration.js';
import { CreateAccumulation1764000003000 } from './migrations.js';

/** Folds what was learned against achievement definitions, and keeps the accounts of credit. */
export const accumulation: Context = {
  module: AccumulationModule,
  migrations: [CreateAccumulation1764000003000, AddCorrection1764100000300],
};
