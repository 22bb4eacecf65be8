import { Module } from '@nestjs/common';
import type { Context } from '#log';
import { Clients } from './clients.js';
import { ClientsProjection } from './clients.projection.js';
import { EventIds } from './event-ids.js';
import { EventsIntake } from './events.intake.js';
import { EventsRoutes } from './events.routes.js';
import { FormatRoutes } from './formats/routes.js';
import { CreateRecording1764000002000 } from './migrations.js';
import { NativeEvents } from './native-events.js';
import { paths } from './openapi.js';
import { OwnEventsController } from './own-events.controller.js';
import { Recorder } from './recorder.js';
import { DocumentResources } from './xapi/document-resources.js';
import { Documents } from './xapi/documents.js';
import { CreateDocuments1764200001000 } from './xapi/documents-migration.js';
import { ActivityDefinitions } from './xapi/people-and-activities.js';
import { XapiRoutes } from './xapi/routes.js';

@Module({
  controllers: [OwnEventsController],
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
    Documents,
    DocumentResources,
    // Until statements are kept, nothing is known of an activity but its id.
    {
      provide: ActivityDefinitions,
      useValue: { definitionOf: () => Promise.resolve(undefined) } satisfies ActivityDefinitions,
    },
  ],
})
class RecordingModule {}

/** What providers and learners say, into the log: CloudEvents, xAPI, own reports. */
export const recording: Context = {
  module: RecordingModule,
  migrations: [CreateRecording1764000002000, CreateDocuments1764200001000],
  paths,
};
