import { beforeEach } from '@jest/globals';
import { logMigrations } from '#log';
import { createDatabase, type Database, kafkaBrokers } from '#testing';
import { messagingMigrations } from '../migrations.js';
import { KafkaSystem } from './kafka-system.js';
import { MemoryLog } from './memory-log.js';
import { oneForEach } from './one-for-each.js';
import { Tally } from './tally.js';

/** Two projections on a log in memory, Kafka and a database; anew for each test of the file. */
export let system: KafkaSystem;
export let database: Database;
export let log: MemoryLog;
export let first: Tally;
export let second: Tally;

export const db = () => database.dataSource;
/** Adds entries of seventeen learners to the log. */
export const add = (count: number): void => {
  for (let i = 0; i < count; i += 1) log.add('learning-event', `urn:lrn:${i % 17}`);
};

const begin = async () => {
  const [kafka, made] = await Promise.all([
    new KafkaSystem(kafkaBrokers()).prepare(),
    createDatabase([...logMigrations, ...messagingMigrations]),
  ]);
  await Tally.prepare(made.dataSource, 'first', 'second');
  return { kafka, made };
};

/** Call once in a file that tests this system; `name` is that of the log and of its service. */
export const projectionsOnKafka = (name: string): void => {
  const systems = oneForEach(begin, async ({ kafka, made }) => {
    await kafka.stop();
    await made.close();
  });
  beforeEach(() => {
    ({ kafka: system, made: database } = systems());
    log = new MemoryLog(name);
    first = new Tally('first');
    second = new Tally('second');
  });
};
