import type { Context } from '#log';
import { AccumulationModule } from './accumulation.module.js';
import { AddDefinitionVersion1764100000700 } from './definition-version-migration.js';
import { CreateAccumulation1764000003000 } from './migrations.js';
import { AddPostponed1764100000400 } from './postponed-migration.js';
import { AddReleased1764100000410 } from './release-migration.js';
import { AddRestsOn1764100000600 } from './rests-on-migration.js';
import { AddRevision1764100000300 } from './revision-migration.js';

/** Folds what was learned against achievement definitions, and keeps the accounts of credit. */
export const accumulation: Context = {
  module: AccumulationModule,
  migrations: [
    CreateAccumulation1764000003000,
    AddRevision1764100000300,
    AddPostponed1764100000400,
    AddReleased1764100000410,
    AddRestsOn1764100000600,
    AddDefinitionVersion1764100000700,
  ],
};
