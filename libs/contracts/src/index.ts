export * from './achievement.js';
export * from './api/certify.js';
export * from './api/check.js';
export * from './api/deliver.js';
export * from './api/identity.js';
export * from './api/imports.js';
export * from './api/ledger.js';
export * from './api/recognise.js';
export * from './api/record.js';
export * from './api/wallet.js';
export * from './api/xapi-rules.js';
export * from './client.js';
export * from './corrector.js';
export * from './facts.js';
export * from './learning-event.js';
export { type Message } from './message.js';
export {
  type Problem,
  problemOf,
  type ProblemCode,
  problems,
  type ProblemRow,
} from './problems.js';
export {
  clientOfIntake,
  type EntryKind,
  familyOf,
  intakeTopicOf,
  isEntryKind,
  PARTITIONS,
  receiptsTopicOf,
  type Topic,
  topicOf,
  topics,
} from './topics.js';
