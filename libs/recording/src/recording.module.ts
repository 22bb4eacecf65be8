import { type DynamicModule, Module } from '@nestjs/common';
import type { Context } from '#log';
import { Clients } from './clients.js';
import { ClientsProjection } from './clients.projection.js';
import { Correctors } from './correctors.js';
import { deliveries } from './deliveries/part.js';
import { EventIds } from './event-ids.js';
import { EventsIntake } from './events.intake.js';
import { EventsRoutes } from './events.routes.js';
import { formats } from './formats/part.js';
import { imports } from './imports/part.js';
import { kept } from './kept/part.js';
import { lineItems } from './line-items/part.js';
import { AddCorrectors1764400050100, CreateRecording1764000002000 } from './migrations.js';
import { NativeEvents } from './native-events.js';
import { paths } from './openapi.js';
import { OwnEventsController } from './own-events.controller.js';
import { Recorder } from './recorder.js';
import { Senders } from './senders.js';
import { RecordingSettings } from './settings.js';
import { xapi } from './xapi/part.js';

const parts = [xapi, formats, lineItems, imports, deliveries, kept];

@Module({
  controllers: [OwnEventsController, ...parts.flatMap(({ controllers }) => controllers)],
  providers: [
    EventsRoutes,
    NativeEvents,
    EventsIntake,
    Recorder,
    EventIds,
    Clients,
    Correctors,
    Senders,
    ClientsProjection,
    ...parts.flatMap(({ providers }) => providers),
  ],
})
class RecordingModule {}

const withSettings = (settings: RecordingSettings): DynamicModule => ({
  module: RecordingModule,
  providers: [{ provide: RecordingSettings, useValue: settings }],
});

/** What providers and learners say, into the log: CloudEvents, xAPI, other formats, own reports. */
export const recordingWith = (settings: RecordingSettings): Context => ({
  module: withSettings(settings),
  migrations: [
    CreateRecording1764000002000,
    AddCorrectors1764400050100,
    ...parts.flatMap(({ migrations }) => migrations),
  ],
  paths: Object.assign({}, paths, ...parts.map((part) => part.paths)) as typeof paths,
});

/** The same as it is without settings. */
export const recording: Context = recordingWith(new RecordingSettings());
