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
import { MoreResource } from './xapi/more.resource.js';
import { Resources } from './xapi/resources.js';
import { XapiRoutes } from './xapi/routes.js';
import { StatementSearch } from './xapi/statement-search.js';
import { StatementsResource } from './xapi/statements.resource.js';
import { RefineStatements1764205000000 } from './xapi/store/refine-migration.js';
import { CreateStatements1764200000000 } from './xapi/store/migration.js';
import { MoreLinks } from './xapi/store/more-link.js';
import { PrepareStatements } from './xapi/store/prepare-statements.js';
import { SealedStatements } from './xapi/store/sealed-statements.js';
import { StatementDefinitions } from './xapi/store/statement-definitions.js';
import { StatementReader } from './xapi/store/statement-reader.js';
import { StatementWriter } from './xapi/store/statement-writer.js';
import { StatementTokens } from './xapi/store/tokens.js';

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
    Resources,
    StatementsResource,
    MoreResource,
    StatementSearch,
    MoreLinks,
    PrepareStatements,
    SealedStatements,
    StatementReader,
    StatementWriter,
    StatementTokens,
    StatementDefinitions,
    { provide: ActivityDefinitions, useExisting: StatementDefinitions },
    Documents,
    DocumentResources,
  ],
})
class RecordingModule {}

/** What providers and learners say, into the log: CloudEvents, xAPI, own reports. */
export const recording: Context = {
  module: RecordingModule,
  migrations: [
    CreateRecording1764000002000,
    CreateStatements1764200000000,
    RefineStatements1764205000000,
    CreateDocuments1764200001000,
  ],
  paths,
};
