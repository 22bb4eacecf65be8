export { type DeadLetter } from './dead-letters.js';
export {
  createMessaging,
  type Messaging,
  type MessagingOptions,
  type MessagingStatus,
} from './messaging.js';
export { messagingMigrations } from './migrations.js';
export { type ProjectionStatus } from './progress.js';
export { RELAY_MAIN } from './relay-thread/relay-thread.js';
