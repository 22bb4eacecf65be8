import { afterAll, beforeAll } from '@jest/globals';
import { createDatabase, type Database } from '#testing';
import { RunningRecorder, type StartService } from './running-recorder.js';

/** What somebody has of a recorder on a database of its own, for all tests of a file. */
export const usingRecorderAs = <T>(
  startService: StartService,
  of: (recorder: RunningRecorder) => T | Promise<T>,
): (() => T) => {
  let database: Database | undefined;
  let recorder: RunningRecorder | undefined;
  let seen: { readonly it: T } | undefined;
  beforeAll(async () => {
    database = await createDatabase();
    recorder = await RunningRecorder.start(startService, database.url);
    seen = { it: await of(recorder) };
  }, 60_000);
  afterAll(async () => {
    await recorder?.stop();
    await database?.close();
  }, 30_000);
  return () => {
    if (!seen) throw new Error('there is a recorder within tests only');
    return seen.it;
  };
};

/** A recorder on a database of its own, for all tests of a file. */
export const usingRecorder = (startService: StartService): (() => RunningRecorder) =>
  usingRecorderAs(startService, (recorder) => recorder);
