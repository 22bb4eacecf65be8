export { createDatabase, type Database, testDatabaseUrl } from './create-database.js';
export { FixedClock, fixedClock } from './fixed-clock.js';
export { given, type Outcome } from './given.js';
export { InMemoryLog, inMemoryJournal } from './in-memory-log.js';
export { inMemoryVault } from './in-memory-vault.js';
export { describeWithKafka, kafkaBrokers } from './kafka.js';
export { processorTime } from './processor-time.js';
export { describeWithStandards, standards, standardsPath } from './standards.js';
export { type Parts, serve } from './serve.js';
