import { intakeTopicOf, PARTITIONS, receiptsTopicOf, topics } from '#contracts';
import type { TopicSpec } from './kafka.js';

/** An entry is far smaller; a batch of the relay is not larger. */
export const RECORD_BYTES_MAX = 4 * 1024 * 1024;
/** What Kafka's own clients send at most unless told otherwise. An event is far smaller. */
const INTAKE_RECORD_BYTES_MAX = 1024 * 1024;
/** Others write there what is not sealed: long enough for an outage, and no longer. */
const INTAKE_RETENTION_MS = 7 * 24 * 3_600_000;
const INTAKE_PARTITIONS = 4;

/** The topics of the log. Nothing is ever deleted: a new projection reads from the beginning. */
export const logTopics: readonly TopicSpec[] = topics.map((name) => ({
  name,
  partitions: PARTITIONS,
  mayHaveMore: false,
  retentionMs: -1,
  recordBytesMax: RECORD_BYTES_MAX,
}));

/** A client's way in, and the way its answers come back. */
export const intakeTopics = (client: string): readonly TopicSpec[] =>
  [intakeTopicOf(client), receiptsTopicOf(client)].map((name) => ({
    name,
    partitions: INTAKE_PARTITIONS,
    mayHaveMore: true,
    retentionMs: INTAKE_RETENTION_MS,
    recordBytesMax: INTAKE_RECORD_BYTES_MAX,
  }));
