import { createRequire } from 'node:module';
import { type LogEntry, logLevel } from 'kafkajs';
import type { MessagingLogger } from '../logger.js';

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_MS = 10;

/**
 * kafkajs 2.2.4 re-arms a timer for requests that wait, also when none waits, with a negative
 * delay: Node 24 warns (TimeoutNegativeWarning), and every connection wakes up a thousand times a
 * second for nothing. This arms it only while a request waits; each new one arms it again.
 */
const calmRequestQueue = (): void => {
  const require = createRequire(import.meta.url);
  const queue = require('kafkajs/src/network/requestQueue/index.js') as {
    prototype: RequestQueue;
  };
  queue.prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const wait = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      wait > 0 ? wait : CHECK_MS,
    );
  };
};
calmRequestQueue();

/**
 * What kafkajs calls errors although it tries again by itself, or we do. Whether Kafka is there is
 * said once by KafkaJsClient, and what a consumer or the relay suffers, by them.
 */
const RETRIED =
  /coordinator|leader|rebalanc|connect|timed? ?out|Crash|Restarting|does not host|Offset out of range|Failed to find|Response (?:Heartbeat|JoinGroup|SyncGroup|OffsetFetch|Metadata|Fetch|Produce|ListOffsets|CreateTopics)/iu;

/** kafkajs' messages through our logger. They hold topics, offsets and addresses, no content. */
export const kafkaLog =
  (logger: MessagingLogger) =>
  () =>
  ({ level, namespace, log }: LogEntry): void => {
    const details = { kafkajs: namespace, topic: log['topic'], reason: log['error'] };
    const isOurs =
      level === logLevel.ERROR && !RETRIED.test(`${log.message} ${String(log['error'] ?? '')}`);
    logger[isOurs ? 'warn' : 'debug'](details, log.message);
  };
