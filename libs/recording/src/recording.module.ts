import { Module } from '@nestjs/common';
import type { Context } from '#log';
import { Clients } from './clients.js';
import { ClientsProjection } from './clients.projection.js';
import { EventIds } from './event-ids.js';
import { EventsIntake } from './events.intake.js';
import { EventsRoutes } from './events.routes.js';
import { FormatRoutes } from './formats/routes.js';
import { ImportRoutes } from './imports/import.routes.js';
import { ImportStore } from './imports/import-store.js';
import { ImportWorker } from './imports/import-worker.js';
import { ImportsController } from './imports/imports.controller.js';
import { CreateImports1764200003000 } from './imports/migrations.js';
import { importPaths } from './imports/openapi.js';
import { Previews } from './imports/previews.js';
import { RunningStore } from './imports/running-store.js';
import { Seals } from './imports/seals.js';
import { StoredFiles } from './imports/stored-files.js';
import { Uploads } from './imports/upload.js';
import { CreateRecording1764000002000 } from './migrations.js';
import { NativeEvents } from './native-events.js';
import { paths } from './openapi.js';
import { OwnEventsController } from './own-events.controller.js';
import { Recorder } from './recorder.js';
import { XapiRoutes } from './xapi/routes.js';

@Module({
  controllers: [OwnEventsController, ImportsController],
  providers: [
    EventsRoutes,
    XapiRoutes,
    FormatRoutes,
    NativeEvents,
    EventsIntake,
    Recorder,
    EventIds,
    Clients,
    ClientsProjection,
    ImportRoutes,
    ImportStore,
    ImportWorker,
    Previews,
    RunningStore,
    Seals,
    StoredFiles,
    Uploads,
  ],
})
class RecordingModule {}

/** What providers and learners say, into the log: CloudEvents, xAPI, own reports. */
export const recording: Context = {
  module: RecordingModule,
  migrations: [CreateRecording1764000002000, CreateImports1764200003000],
  paths: { ...paths, ...importPaths },
};
