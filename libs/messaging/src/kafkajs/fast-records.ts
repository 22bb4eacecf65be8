import type { Outgoing } from '../kafka.js';
import { murmur2 } from '../partition.js';
import { crc32C } from './crc32c.js';
import './fast-encoder.js';
import { encodeBatch } from './record-batch.js';
import { replaceInKafkajs } from './replace.js';

/** A record as kafkajs hands it to its encoder. */
export interface Record {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<globalThis.Record<string, unknown>>;
  /** Ours: stands for all records of a partition, encoded already. */
  readonly batch?: Buffer;
}
/** What kafkajs asks of an encoder that it writes into another. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}
type Encode = (record: Record) => Encoded;
/** A batch in the place of a record, which kafkajs has to leave as it is. */
interface Whole extends Encoded {
  readonly isWhole: true;
  size(): number;
}
type Batches = {
  readonly RecordBatch: (parts: { readonly records: readonly (Encoded | Whole)[] }) => unknown;
};

const wholeOf = (batch: Buffer): Whole => ({
  buf: batch,
  buffer: batch,
  isWhole: true,
  size: () => batch.length,
});

interface Grouping<Message> {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly Message[];
  readonly partitioner: (parts: object) => number;
}

const OURS = Symbol('of ours');

/** Marks a record as one of ours, which are encoded together; as kafkajs wants to have it. */
export const ofOurs = (record: Outgoing) => ({
  ...record,
  // Its types know no headers that are only read.
  headers: record.headers as globalThis.Record<string, string>,
  [OURS]: true,
});
const isOfOurs = (message: object): message is Outgoing => OURS in message;

/** Records of ours for one partition, which is one of kafkajs' messages from here on. */
const asOne = (records: readonly Outgoing[]): Record => ({
  value: null,
  batch: encodeBatch(records, Date.now()),
});

/**
 * The messages of each partition. kafkajs copies a partition's list for each of its messages, and
 * encodes each into a buffer of its own.
 */
export const groupByPartition = <Message extends object>({
  topic,
  partitionMetadata,
  messages,
  partitioner,
}: Grouping<Message>): globalThis.Record<number, Message[]> => {
  const groups: globalThis.Record<number, Message[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages)
    (groups[partitioner({ topic, partitionMetadata, message })] ??= []).push(message);
  for (const [partition, group] of Object.entries<readonly object[]>(groups))
    if (group.every(isOfOurs)) groups[Number(partition)] = [asOne(group) as object as Message];
  return groups;
};

// First, as the batch is loaded with it.
replaceInKafkajs('protocol/recordBatch/crc32C/crc32C.js', () => crc32C);
replaceInKafkajs(
  'protocol/recordBatch/record/v0/index.js',
  (own) =>
    (record: Record): Encoded =>
      record.batch ? wholeOf(record.batch) : (own as Encode)(record),
);
replaceInKafkajs('protocol/recordBatch/v0/index.js', (own) => ({
  ...(own as Batches),
  RecordBatch: (parts: Parameters<Batches['RecordBatch']>[0]): unknown => {
    const [only] = parts.records;
    return only && 'isWhole' in only ? only : (own as Batches).RecordBatch(parts);
  },
}));
replaceInKafkajs('producer/groupMessagesPerPartition.js', () => groupByPartition);
// kafkajs' own makes an object of each step. Signed or not is the same to who asks it.
replaceInKafkajs(
  'producer/partitioners/default/murmur2.js',
  () => (key: Buffer | string) => murmur2(Buffer.from(key)),
);
