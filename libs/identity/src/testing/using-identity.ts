import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { createDatabase, type Database } from '#testing';
import { identity } from '../index.js';
import { RunningIdentity } from './running-identity.js';

/** Identity begun anew for each test, with these people, on one database for all tests of a file. */
export const usingIdentity = (...people: readonly string[]): (() => RunningIdentity) => {
  let database: Database;
  let world: RunningIdentity;
  beforeAll(async () => {
    database = await createDatabase(identity({ demo: false }).migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    world = await RunningIdentity.start(database.dataSource);
    for (const person of people) await world.vault.createPerson(person);
  });
  afterEach(() => world.close());
  return () => world;
};
