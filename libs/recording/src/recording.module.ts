import { Module } from '@nestjs/common';
import type { Context } from '#log';
import { Clients } from './clients.js';
import { ClientsProjection } from './clients.projection.js';
import { EventIds } from './event-ids.js';
import { EventsIntake } from './events.intake.js';
import { EventsRoutes } from './events.routes.js';
import { formatsIn } from './formats/formats.js';
import { FormatRoutes } from './formats/routes.js';
import { Series } from './formats/series.js';
import { CreateRecording1764000002000 } from './migrations.js';
import { NativeEvents } from './native-events.js';
import { formatPaths, paths } from './openapi.js';
import { OwnEventsController } from './own-events.controller.js';
import { Recorder } from './recorder.js';
import { XapiRoutes } from './xapi/routes.js';
import { XapiRulesController } from './xapi/rules.controller.js';

@Module({
  controllers: [OwnEventsController, XapiRulesController],
  providers: [
    EventsRoutes,
    XapiRoutes,
    FormatRoutes,
    Series,
    NativeEvents,
    EventsIntake,
    Recorder,
    EventIds,
    Clients,
    ClientsProjection,
  ],
})
class RecordingModule {}

/** What providers and learners say, into the log: CloudEvents, xAPI, other formats, own reports. */
export const recording: Context = {
  module: RecordingModule,
  migrations: [CreateRecording1764000002000],
  paths: { ...paths, ...formatPaths(await formatsIn()) },
};
