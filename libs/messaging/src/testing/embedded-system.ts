import { afterEach, beforeEach } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { DomainError } from '#kernel';
import type { Message } from '#contracts';
import { createDatabase, type Database } from '#testing';
import { createMessaging, type Messaging, type MessagingOptions } from '../messaging.js';
import { messagingMigrations } from '../migrations.js';
import { eventually, silent } from './eventually.js';
import { MemoryLog } from './memory-log.js';
import { Tally } from './tally.js';

/** Two projections on a log in memory and a real database; anew for each test of the file. */
export let db: DataSource;
export let log: MemoryLog;
export let first: Tally;
export let second: Tally;
let database: Database;
const started: Messaging[] = [];

/** Stopped after the test. */
export const messagingOf = (options: Partial<MessagingOptions> = {}): Messaging => {
  const messaging = createMessaging({
    sealingKey: new Uint8Array(32),
    dataSource: db,
    databaseUrl: database.url,
    log,
    projections: [first, second],
    brokers: [],
    service: 'test',
    logger: silent,
    backoff: { firstMs: 5, mostMs: 20 },
    ...options,
  });
  started.push(messaging);
  return messaging;
};
/** Adds entries of seven learners to the log. */
export const add = (count: number): void => {
  for (let i = 0; i < count; i += 1) log.add('learning-event', `urn:lrn:${i % 7}`);
};
export const upTo = (count: number): number[] => [...Array(count).keys()];
/** What a projection took in, once there is as much. */
export const complete = (tally: Tally, count: number) =>
  eventually(
    () => tally.seqs(db),
    (seqs) => seqs.length >= count,
  );

/** Fails for good on a batch with one of these. */
export const poison =
  (...seqs: readonly number[]) =>
  (batch: readonly Message[]): void => {
    if (batch.some(({ seq }) => seqs.includes(seq))) throw new DomainError('already-decided', 'no');
  };

/** Call once in a file that tests this system. */
export const embeddedSystem = (): void => {
  beforeEach(async () => {
    database = await createDatabase(messagingMigrations);
    db = database.dataSource;
    log = new MemoryLog();
    first = new Tally('first');
    second = new Tally('second');
    await Tally.prepare(db, 'first', 'second');
  });

  afterEach(async () => {
    for (const messaging of started.splice(0)) await messaging.stop();
    await database.close();
  });
};
