export { type Background, BackgroundTask } from './background.js';
export { type Violation } from './check-entry.js';
export { type Published, PublishedCheck } from './check-published.js';
export { textArray } from './binary-array.js';
export { BinaryRows } from './binary-copy.js';
export { Connection, HeldConnection, readerPool } from './connection.js';
export { type Copy, copyIn } from './copy-in.js';
export { checkLog, type LogCheck } from './check-log.js';
export { type Context } from './context.js';
export { copyInto } from './copy-into.js';
export { AggregateCommand, type Decided, deciderHandler } from './decider-handler.js';
export {
  type Admitted,
  type Intake,
  type IntakeAnswer,
  IntakeHandler,
  type IntakeMessage,
} from './intake.js';
export { Journal, type NewFact } from './journal.js';
export {
  type Among,
  type Appended,
  type AppendOptions,
  type Commit,
  type Head,
  Log,
  type NewEntry,
  type StoredEntry,
  type VerbatimEntry,
} from './log.js';
export { type Distrust, LogGuard, MetaLogGuard } from './log-guard.js';
export { logMigrations } from './migrations.js';
export { PostgresLog, type PostgresLogOptions } from './postgres-log.js';
export { PostgresReader } from './postgres-reader.js';
export { PostgresTree, type TreeState } from './postgres-tree.js';
export { type Projection, ProjectionHandler, type Transaction } from './projection.js';
export { OwnThread } from './thread/own-thread.js';
export { WRITER_MAIN } from './thread/writer-thread.js';
export { SealingJournal } from './sealing-journal.js';
export {
  ENVELOPE,
  ENVELOPE_COLUMNS,
  envelopeOf,
  envelopeRow,
  messageOf,
  rowsFor,
  type StoredMessage,
} from './stored-message.js';
export { contentOf } from './verbatim.js';
export { withoutErased } from './without-erased.js';
