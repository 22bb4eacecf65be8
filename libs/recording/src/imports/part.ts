import type { Part } from '../part.js';
import { ImportRoutes } from './import.routes.js';
import { ImportStore } from './import-store.js';
import { ImportWorker } from './import-worker.js';
import { ImportsController } from './imports.controller.js';
import {
  CreateImports1764200003000,
  PauseImports1764400010100,
  SealRefusedRows1764400020100,
  StripPreviews1764400060000,
  TryImports1764400010000,
} from './migrations.js';
import { importPaths } from './openapi.js';
import { Previews } from './previews.js';
import { RememberedMappings } from './remembered-mappings.js';
import { RunningStore } from './running-store.js';
import { Seals } from './seals.js';
import { StoredFiles } from './stored-files.js';
import { Uploads } from './upload.js';

/** Spreadsheets, read in the background. */
export const imports: Part = {
  controllers: [ImportsController],
  providers: [
    ImportRoutes,
    ImportStore,
    ImportWorker,
    Previews,
    RememberedMappings,
    RunningStore,
    Seals,
    StoredFiles,
    Uploads,
  ],
  migrations: [
    CreateImports1764200003000,
    TryImports1764400010000,
    PauseImports1764400010100,
    SealRefusedRows1764400020100,
    StripPreviews1764400060000,
  ],
  paths: importPaths,
};
