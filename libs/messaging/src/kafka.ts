import type { Lane } from './due.js';

/** A record to publish. Without a partition it follows from the key, as in Kafka's own clients. */
export interface Outgoing {
  readonly topic: string;
  readonly partition?: number;
  readonly key: string | Buffer | null;
  readonly value: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record as read. A header given twice has a list of values. */
export interface Incoming {
  readonly offset: string;
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** Records of one partition, in its order. What is not resolved comes again. */
export interface Batch {
  readonly lane: Lane;
  readonly records: readonly Incoming[];
  /** The offset after the partition's last record. */
  readonly end: number;
  /** Aborts when the reader is to stop, or the group no longer counts on it. */
  readonly signal: AbortSignal;
  /** False once the partition is another's, or the batch belongs to an earlier assignment. */
  isOurs(): boolean;
  /** Everything up to this offset is done. */
  resolve(offset: string): void;
  /** Reads nothing of this partition for so long; others go on. What is not resolved comes then. */
  pause(ms: number): void;
}

/** Lanes that are ours until the next `onJoined`. */
export interface Assignment {
  readonly lanes: readonly Lane[];
  /** Reads a lane from another offset on; nothing happens if the session is over. */
  seek(lane: Lane, offset: number): void;
}

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /** How many lanes hand over a batch before any of them is done. */
  readonly lanesAtOnce: number;
  onJoined(assignment: Assignment): void;
  onBatch(batch: Batch): Promise<void>;
}

/** The offset of a lane's oldest record, and the one after its last. */
export interface LaneEnds {
  readonly lane: Lane;
  readonly first: number;
  readonly end: number;
}

/** A topic that must be there, and the settings under which nothing in it is lost. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Whether there may be more partitions: where no order rests on their number. */
  readonly mayHaveMore: boolean;
  readonly retentionMs: number;
  readonly recordBytesMax: number;
}

export interface KafkaProducer {
  /** Returns when all replicas in sync have them. A failure says nothing about any of them. */
  send(records: readonly Outgoing[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * What this library asks of a Kafka client, and what it may believe of it: very little. A batch may
 * come again, in part or whole, early, late, or to two readers at once; an offset that was resolved
 * may be forgotten, a record sent once may be there twice. Places in PostgreSQL decide what counts.
 * Topics and groups have the names of this installation; the client adds its prefix.
 */
export interface Kafka {
  /** Whether a broker answered lately. */
  readonly isUp: boolean;
  /** Keeps `isUp` right until `signal` aborts. */
  watch(signal: AbortSignal): Promise<void>;
  /** The topics that there are. */
  topics(): Promise<readonly string[]>;
  /** The offsets at which the lanes of these topics begin and end; topics that are not there: none. */
  ends(topics: readonly string[]): Promise<readonly LaneEnds[]>;
  /**
   * By which Kafka tells a topic from one of the same name that was deleted. Brokers that know no
   * ids tell none. Rejects if one of the topics is not there.
   */
  topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Creates what is missing, then checks all of them. Throws TopicMisconfigured. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /**
   * Lets this client alone write the one topic and read the other, besides ourselves. Does nothing
   * where we are nobody ourselves, or where the brokers let everybody do everything.
   */
  admit(client: string, topics: { writes: string; reads: string }): Promise<void>;
  producer(): Promise<KafkaProducer>;
  /**
   * Reads until `signal` aborts; rejects when the session breaks. A lane nobody sought begins at its
   * oldest record: nothing is committed to Kafka.
   */
  consume(subscription: Subscription, signal: AbortSignal): Promise<void>;
}

/** A topic exists with settings under which messages could be lost or come in another order. */
export class TopicMisconfigured extends Error {
  override readonly name = 'TopicMisconfigured';
  readonly code = 'topic-misconfigured';
}
