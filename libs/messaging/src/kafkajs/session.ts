import type { Consumer, EachBatchPayload, Kafka as KafkaJs } from 'kafkajs';
import type { Lane } from '../due.js';
import { codeOf } from '../failure.js';
import type { Subscription } from '../kafka.js';
import type { MessagingLogger } from '../logger.js';
import { type Fetched, ReadingAhead } from './reading-ahead.js';

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
  const { lanesAtOnce } = subscription;
  const seek = seekIn(consumer, names, logger);
  const ahead = new ReadingAhead({
    onBatch: (batch) => subscription.onBatch(batch),
    seek,
    failed: over.reject,
    lanesAtOnce,
    heartbeatMs,
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    ahead.joined();
    subscription.onJoined({
      lanes: lanesOf(payload.memberAssignment, names),
      seek: (lane, offset) => {
        ahead.sought(lane);
        seek(lane, offset);
      },
    });
  });
  try {
    await consumer.connect();
    await consumer.subscribe({
      topics: subscription.topics.map((topic) => names.nameOf(topic)),
      fromBeginning: true,
    });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: lanesAtOnce,
      eachBatch: (payload) => ahead.accept(fetchedFrom(payload, names)),
    });
    await over.promise;
  } finally {
    signal.removeEventListener('abort', end);
    const ended = ahead.end();
    await consumer.disconnect().catch(() => undefined);
    await ended;
  }
};

const lanesOf = (
  assigned: Readonly<Record<string, readonly number[]>>,
  names: Names,
): readonly Lane[] =>
  Object.entries(assigned).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic: names.topicOf(topic), partition })),
  );

const seekIn =
  (consumer: Consumer, names: Names, logger: MessagingLogger) =>
  ({ topic, partition }: Lane, offset: number): void => {
    // Between sessions there is nothing to send elsewhere: the next one starts from the database.
    try {
      consumer.seek({ topic: names.nameOf(topic), partition, offset: `${offset}` });
    } catch (error) {
      logger.debug({ code: codeOf(error) }, 'not running, so not sought');
    }
  };

/** A batch, and what kafkajs lets be done with it. */
const fetchedFrom = (payload: EachBatchPayload, names: Names): Fetched => {
  const { topic, partition, messages, highWatermark } = payload.batch;
  return {
    lane: { topic: names.topicOf(topic), partition },
    records: messages,
    end: Number(highWatermark),
    isRunning: () => payload.isRunning(),
    isStale: () => payload.isStale(),
    resolve: (offset) => payload.resolveOffset(offset),
    pause: (ms) => void setTimeout(payload.pause(), ms).unref(),
    heartbeat: () => payload.heartbeat(),
  };
};
