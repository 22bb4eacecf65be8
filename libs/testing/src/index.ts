export { createDatabase, type Database } from './create-database.js';
export { FixedClock, fixedClock } from './fixed-clock.js';
export { given } from './given.js';
export { anyId, inMemoryJournal, InMemoryLog } from './in-memory-log.js';
export { inMemoryVault, InMemoryVaultStore } from './in-memory-vault.js';
export {
  describeWithKafka,
  describeWithStandards,
  kafkaBrokers,
  standards,
  standardsPath,
} from './standards.js';
