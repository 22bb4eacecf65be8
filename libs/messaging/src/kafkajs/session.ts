import type { Consumer, EachBatchPayload, Kafka as KafkaJs } from 'kafkajs';
import type { Lane } from '../due.js';
import { codeOf } from '../failure.js';
import type { Assignment, Batch, Subscription } from '../kafka.js';
import type { MessagingLogger } from '../logger.js';

/** Times of a membership, in milliseconds. */
export interface Pace {
  /** How long the partitions of a reader that was killed, or hangs, wait for another. */
  readonly sessionMs: number;
  /** How soon a reader hears that another has come or gone. */
  readonly heartbeatMs: number;
  /** Short, because stopping waits for the fetch under way; new messages come at once anyway. */
  readonly fetchWaitMs: number;
}
export const PACE: Pace = { sessionMs: 10_000, heartbeatMs: 3_000, fetchWaitMs: 1_000 };
/** One slow learner's partition does not hold up all others. */
const LANES_AT_ONCE = 3;

/** Names as Kafka has them, and as we do. */
export interface Names {
  nameOf(topicOrGroup: string): string;
  topicOf(name: string): string;
}

/**
 * One membership in a consumer group, from joining to leaving. kafkajs gets no offsets to commit
 * and no session to restart: who uses it begins the next one.
 */
export const runSession = async (
  kafka: KafkaJs,
  names: Names,
  subscription: Subscription,
  logger: MessagingLogger,
  { sessionMs, heartbeatMs, fetchWaitMs }: Pace,
  signal: AbortSignal,
): Promise<void> => {
  if (signal.aborted) return;
  const consumer = kafka.consumer({
    groupId: names.nameOf(subscription.group),
    sessionTimeout: sessionMs,
    rebalanceTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: fetchWaitMs,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  const over = Promise.withResolvers<void>();
  over.promise.catch(() => undefined);
  const end = (): void => over.resolve();
  signal.addEventListener('abort', end);
  consumer.on(consumer.events.CRASH, ({ payload }) => over.reject(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
    subscription.onJoined(assignmentOf(consumer, names, payload.memberAssignment, logger)),
  );
  try {
    await consumer.connect();
    await consumer.subscribe({
      topics: subscription.topics.map((topic) => names.nameOf(topic)),
      fromBeginning: true,
    });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: subscription.lanesAtOnce ?? LANES_AT_ONCE,
      eachBatch: (payload) => handOver(subscription, names, payload, heartbeatMs, signal),
    });
    await over.promise;
  } finally {
    signal.removeEventListener('abort', end);
    await consumer.disconnect().catch(() => undefined);
  }
};

const assignmentOf = (
  consumer: Consumer,
  names: Names,
  assigned: Readonly<Record<string, readonly number[]>>,
  logger: MessagingLogger,
): Assignment => ({
  lanes: Object.entries(assigned).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic: names.topicOf(topic), partition })),
  ),
  seek: ({ topic, partition }: Lane, offset) => {
    // Between sessions there is nothing to send elsewhere: the next one starts from the database.
    try {
      consumer.seek({ topic: names.nameOf(topic), partition, offset: `${offset}` });
    } catch (error) {
      logger.debug({ code: codeOf(error) }, 'not running, so not sought');
    }
  },
});

/**
 * A batch that is not resolved is fetched again by kafkajs, so every early return means: later.
 * It heartbeats meanwhile, however long the handler takes.
 */
const handOver = async (
  { onBatch }: Pick<Subscription, 'onBatch'>,
  names: Names,
  payload: EachBatchPayload,
  heartbeatMs: number,
  stopping: AbortSignal,
): Promise<void> => {
  const { topic, partition, messages, highWatermark } = payload.batch;
  const isOurs = (): boolean => payload.isRunning() && !payload.isStale();
  if (!isOurs() || messages.length === 0) return;
  const lost = new AbortController();
  let reason: Error | undefined;
  const timer = setInterval(() => {
    payload.heartbeat().catch((error: Error) => {
      reason = error;
      lost.abort();
    });
  }, heartbeatMs);
  const batch: Batch = {
    lane: { topic: names.topicOf(topic), partition },
    records: messages,
    end: Number(highWatermark),
    signal: AbortSignal.any([stopping, lost.signal]),
    isOurs,
    resolve: (offset) => payload.resolveOffset(offset),
    pause: (ms) => void setTimeout(payload.pause(), ms).unref(),
  };
  try {
    await onBatch(batch);
  } finally {
    clearInterval(timer);
  }
  // kafkajs joins the group again when it is told what its heartbeat was told.
  if (reason) throw reason;
};
