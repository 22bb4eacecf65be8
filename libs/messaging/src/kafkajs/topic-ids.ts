import { createRequire } from 'node:module';
import type { Admin } from 'kafkajs';

/** The part of kafkajs' encoder and decoder that flexible versions of the protocol need. */
interface Encoder {
  writeInt64(value: number): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeUVarIntString(value: string): Encoder;
  writeUVarIntArray(entries: readonly Encoder[] | null): Encoder;
  /** Without a value: no tagged fields. */
  writeUVarIntBytes(): Encoder;
}
interface Decoder {
  readonly buffer: Buffer;
  offset: number;
  readInt16(): number;
  readInt32(): number;
  readBoolean(): boolean;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readUVarInt(): number;
}
interface Request {
  readonly topics: readonly string[];
  readonly allowAutoTopicCreation?: boolean;
}
interface Protocol {
  readonly request: unknown;
  readonly response: { readonly parse: (data: unknown) => unknown };
}
interface Metadata {
  versions: readonly string[];
  protocol: (chosen: { readonly version: number }) => (request: Request) => Protocol;
}

const require = createRequire(import.meta.url);
const { Metadata: apiKey } = require('kafkajs/src/protocol/requests/apiKeys.js') as {
  readonly Metadata: number;
};
const EncoderOf = require('kafkajs/src/protocol/encoder.js') as new () => Encoder;
const DecoderOf = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;

/** The first version that tells ids (KIP-516, Kafka 2.8), and the last that kafkajs knows. */
const WITH_IDS = 10;
const OWN_LAST = 6;
const ID_BYTES = 16;
const NO_ID = Buffer.alloc(ID_BYTES);

const requestOf = ({ topics, allowAutoTopicCreation = true }: Request) => ({
  apiKey,
  apiVersion: WITH_IDS,
  apiName: 'Metadata',
  encode: () =>
    Promise.resolve(
      new EncoderOf()
        // Of the request's header.
        .writeUVarIntBytes()
        // None means all.
        .writeUVarIntArray(topics.length === 0 ? null : topics.map(byName))
        .writeBoolean(allowAutoTopicCreation)
        // What the client may do, with the cluster and with each topic, nobody asks.
        .writeBoolean(false)
        .writeBoolean(false)
        .writeUVarIntBytes(),
    ),
});

const byName = (topic: string): Encoder =>
  new EncoderOf().writeInt64(0).writeInt64(0).writeUVarIntString(topic).writeUVarIntBytes();

/** Passes over tagged fields: kafkajs, which meets none, takes their length for one less. */
const passTags = (decoder: Decoder): void => {
  for (let left = decoder.readUVarInt(); left > 0; left -= 1) {
    decoder.readUVarInt();
    const length = decoder.readUVarInt();
    decoder.offset += length;
  }
};

/** What `read` reads, and the tagged fields behind it. */
const tagged =
  <T>(read: (decoder: Decoder) => T) =>
  (decoder: Decoder): T => {
    const value = read(decoder);
    passTags(decoder);
    return value;
  };

const listOf = <T>(decoder: Decoder, read: (decoder: Decoder) => T): readonly T[] =>
  decoder.readUVarIntArray(read) ?? [];
const numbers = (decoder: Decoder): readonly number[] => listOf(decoder, (one) => one.readInt32());

const broker = tagged((decoder) => ({
  nodeId: decoder.readInt32(),
  host: decoder.readUVarIntString(),
  port: decoder.readInt32(),
  rack: decoder.readUVarIntString(),
}));

const partition = tagged((decoder) => ({
  partitionErrorCode: decoder.readInt16(),
  partitionId: decoder.readInt32(),
  leader: decoder.readInt32(),
  leaderEpoch: decoder.readInt32(),
  replicas: numbers(decoder),
  isr: numbers(decoder),
  offlineReplicas: numbers(decoder),
}));

const idOf = (decoder: Decoder): string | undefined => {
  const bytes = decoder.buffer.subarray(decoder.offset, decoder.offset + ID_BYTES);
  decoder.offset += ID_BYTES;
  return bytes.equals(NO_ID) ? undefined : bytes.toString('base64url');
};

const topic = tagged((decoder) => {
  const topicErrorCode = decoder.readInt16();
  const name = decoder.readUVarIntString();
  const topicId = idOf(decoder);
  const isInternal = decoder.readBoolean();
  // With each partition: of a topic, kafkajs' admin client hands on nothing else.
  const partitionMetadata = listOf(decoder, partition).map((one) => ({ ...one, topicId }));
  decoder.readInt32();
  return { topicErrorCode, topic: name, isInternal, partitionMetadata };
});

/** Metadata Response (Version: 10), as kafkajs has its own. */
export const decodeMetadata = (bytes: Buffer) => {
  const decoder = new DecoderOf(bytes);
  passTags(decoder);
  return {
    clientSideThrottleTime: decoder.readInt32(),
    throttleTime: 0,
    brokers: listOf(decoder, broker),
    clusterId: decoder.readUVarIntString(),
    controllerId: decoder.readInt32(),
    topicMetadata: listOf(decoder, topic),
  };
};

/** Lets kafkajs ask for metadata in the version that tells ids. In place, whoever has loaded it. */
const askForIds = (): void => {
  const metadata = require('kafkajs/src/protocol/requests/metadata/index.js') as Metadata;
  const { versions, protocol } = metadata;
  const { parse } = protocol({ version: OWN_LAST })({ topics: [] }).response;
  const response = { decode: (bytes: Buffer) => Promise.resolve(decodeMetadata(bytes)), parse };
  metadata.versions = [...versions, `${WITH_IDS}`];
  // kafkajs takes for known whatever lies below the highest.
  metadata.protocol = ({ version }) =>
    version < WITH_IDS
      ? protocol({ version: Math.min(version, OWN_LAST) })
      : (request) => ({ request: requestOf(request), response });
};
askForIds();

/** The ids of topics, by name: another after a topic was deleted and made anew. Old brokers: none. */
export const topicIdsOf = async (
  admin: Admin,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  if (names.length === 0) return new Map();
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  return new Map(
    topics.flatMap(({ name, partitions: [first] }) => {
      const id = first && 'topicId' in first ? first.topicId : undefined;
      return typeof id === 'string' ? [[name, id] as const] : [];
    }),
  );
};
