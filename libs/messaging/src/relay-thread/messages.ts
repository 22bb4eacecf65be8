import type { RelayStatus } from '../kafka-relay.js';
import type { KafkaOptions } from '../kafkajs/client.js';
import type { MessagingLogger } from '../logger.js';

/** What a relay's thread is given when it begins. */
export interface RelaySettings {
  /** Of the log. */
  readonly name: string;
  readonly databaseUrl: string;
  readonly kafka: KafkaOptions;
}

/** To the relay's thread. */
export type ToRelay =
  /** Something was committed. */
  { readonly is: 'commit' } | { readonly is: 'stop' };

/** From the relay's thread. */
export type FromRelay =
  | { readonly is: 'status'; readonly status: RelayStatus }
  | {
      readonly is: 'said';
      readonly level: keyof MessagingLogger;
      readonly details: object;
      readonly message: string;
    }
  | { readonly is: 'stopped' };
