import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { createDatabase, type Database, fixedClock, InMemoryLog, inMemoryVault } from '#testing';
import { accumulation } from '../index.js';
import { Story } from './story.js';
import type { Parts } from './system.js';

interface Begun extends Parts {
  readonly log: InMemoryLog;
}
interface Told extends Begun {
  readonly story: Story;
  /** The aliases of one learner at two providers. */
  readonly uni: string;
  readonly mooc: string;
}

/** Parts begun anew for each test, on one database for all tests of a file. */
export const usingParts = (begin: (parts: Begun) => Promise<void>): void => {
  let database: Database;
  beforeAll(async () => {
    database = await createDatabase(accumulation.migrations);
  });
  afterAll(() => database.close());
  beforeEach(() =>
    begin({
      dataSource: database.dataSource,
      vault: inMemoryVault(),
      log: new InMemoryLog(),
      clock: fixedClock('2026-06-01T08:00:00.000Z'),
    }),
  );
};

/** A story over such parts. */
export const usingStory = (begin: (told: Told) => void): void =>
  usingParts(async (parts) => {
    const story = await Story.begin(parts);
    begin({ ...parts, story, uni: await story.alias('uni'), mooc: await story.alias('mooc') });
  });
