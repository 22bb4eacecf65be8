import type { Context } from '#log';

/** Which contexts run together, and under which name. */
export interface ServiceDefinition {
  /** Also the name of its log and of its Kafka consumer group. */
  readonly name: string;
  readonly contexts: readonly Context[];
  /** False for the vault: it has no log of its own and reads none. */
  readonly hasLog?: boolean;
  /** Whether its log is written, and published, by threads of their own: where many send at once. */
  readonly hasThreads?: boolean;
}
