import { OwnThread } from '#log';
import type { Relay, RelayedLog, RelayStatus } from '../kafka-relay.js';
import type { KafkaOptions } from '../kafkajs/client.js';
import type { MessagingLogger } from '../logger.js';
import type { FromRelay, ToRelay } from './messages.js';

/** Where the thread of a relay begins. */
export const RELAY_MAIN = new URL('./main.js', import.meta.url);

export interface RelayThreadParts {
  readonly log: Pick<RelayedLog, 'name' | 'onCommit'>;
  readonly databaseUrl: string;
  readonly kafka: KafkaOptions;
  readonly logger: MessagingLogger;
}

/**
 * A relay in a thread of its own, with connections of its own: what it reads, makes into records and
 * sends takes a fifth of the recorder's time, and needs nothing of it (ADR 19).
 */
export class RelayThread implements Relay {
  #status: RelayStatus = { role: 'starting', cursor: undefined, lag: 0 };

  /** In: `main` is where the thread begins, which it does with `run`. */
  constructor(
    private readonly main: URL,
    private readonly parts: RelayThreadParts,
  ) {}

  get status(): RelayStatus {
    return this.#status;
  }

  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { log, databaseUrl, kafka, logger } = this.parts;
    const stopped = Promise.withResolvers<void>();
    const take = (message: FromRelay): void => {
      if (message.is === 'status') this.#status = message.status;
      else if (message.is === 'said') logger[message.level](message.details, message.message);
      else stopped.resolve();
    };
    const settings = { name: log.name, databaseUrl, kafka };
    const thread = new OwnThread<ToRelay, FromRelay>(this.main, settings, take);
    const unsubscribe = log.onCommit(() => thread.tell({ is: 'commit' }));
    signal.addEventListener('abort', () => thread.tell({ is: 'stop' }), { once: true });
    await stopped.promise;
    unsubscribe();
    await thread.end();
  }
}
