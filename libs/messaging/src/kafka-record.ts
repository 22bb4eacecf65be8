import { z } from 'zod';
import { type Message, topicOf } from '#contracts';
import type { VerbatimEntry } from '#log';
import { sourceOf, typeOf } from './attributes.js';
import type { Carried, Lane, Unreadable } from './due.js';
import { schemaDetail } from './failure.js';
import type { Incoming, Outgoing } from './kafka.js';
import { Envelope, Seq, toMessage, Value } from './message-json.js';
import { partitionOf } from './partition.js';
import { readUsual } from './usual-record.js';

/** A record that goes to a partition of our choice. */
export type Placed = Outgoing & { readonly partition: number };

/** A learner's messages share a partition; without a learner, a stream's do. */
export const keyOf = ({ alias, stream, id }: Pick<Message, 'alias' | 'stream' | 'id'>): string =>
  alias ?? stream ?? id;

/**
 * A message as a Kafka record: CloudEvents 1.0 in binary content mode (Kafka protocol binding
 * §3.2). The subject is the opaque alias; attributes that begin with `ledger` are extensions.
 */
export const toRecord = (
  entry: VerbatimEntry,
  { topic, partition }: Lane,
  previous: number,
): Placed => {
  const { log, seq, id, kind, time, recordedAt, provider, alias, stream, version } = entry;
  return {
    topic,
    partition,
    key: keyOf(entry),
    value: entry.content,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: typeOf(kind),
      ce_source: sourceOf(log),
      ce_time: time,
      ce_ledgerlog: log,
      ce_ledgerseq: `${seq}`,
      ce_ledgerprevious: `${previous}`,
      ce_ledgerkind: kind,
      ce_ledgerrecorded: recordedAt,
      ...(alias === undefined ? {} : { ce_subject: alias }),
      ...(provider === undefined ? {} : { ce_ledgerprovider: provider }),
      ...(stream === undefined ? {} : { ce_ledgerstream: stream }),
      ...(version === undefined ? {} : { ce_ledgerversion: `${version}` }),
    },
  };
};

/** Where a message goes. */
export const laneFor = (message: Pick<Message, 'topic' | 'alias' | 'stream' | 'id'>): Lane => ({
  topic: message.topic,
  partition: partitionOf(keyOf(message)),
});

const digits = z
  .string()
  .regex(/^(-1|\d{1,15})$/u)
  .transform(Number);
const Position = z
  .object({
    ce_ledgerlog: z.string().min(1).max(64),
    ce_ledgerseq: digits.pipe(Seq),
    ce_ledgerprevious: digits,
  })
  .refine(({ ce_ledgerseq: seq, ce_ledgerprevious: previous }) => previous < seq);
const Headers = z.object({
  ce_specversion: z.literal('1.0'),
  ce_id: z.string(),
  ce_type: z.string(),
  ce_source: z.string(),
  ce_time: z.string(),
  ce_subject: z.string().optional(),
  ce_ledgerkind: z.string(),
  ce_ledgerrecorded: z.string(),
  ce_ledgerprovider: z.string().optional(),
  ce_ledgerstream: z.string().optional(),
  ce_ledgerversion: digits.optional(),
});

/** Under this name the place of records without a readable place is kept: it is their offset. */
const NO_LOG = '?';

/**
 * Reads a record. One that does not say where it stands gets its offset as its place, and one whose
 * content is wrong keeps its own, so that either goes to the dead letters and nothing waits for it.
 */
export const fromRecord = (topic: string, record: Incoming): Carried =>
  readUsual(topic, record) ?? readBySchema(topic, record);

const readBySchema = (topic: string, record: Incoming): Carried => {
  const headers = textOf(record.headers ?? {});
  const nextOffset = Number(record.offset) + 1;
  const position = Position.safeParse(headers);
  if (!position.success)
    return {
      log: NO_LOG,
      seq: nextOffset - 1,
      previous: -1,
      nextOffset,
      content: unreadable(headers, record, position.error),
    };
  const { ce_ledgerlog: log, ce_ledgerseq: seq, ce_ledgerprevious: previous } = position.data;
  return { log, seq, previous, nextOffset, content: read(topic, { log, seq }, headers, record) };
};

const read = (
  topic: string,
  position: { log: string; seq: number },
  headers: Readonly<Record<string, string>>,
  record: Incoming,
): Message | Unreadable => {
  try {
    const given = Headers.parse(headers);
    const envelope = Envelope.parse({
      ...position,
      id: given.ce_id,
      kind: given.ce_ledgerkind,
      time: given.ce_time,
      recordedAt: given.ce_ledgerrecorded,
      provider: given.ce_ledgerprovider,
      alias: given.ce_subject,
      stream: given.ce_ledgerstream,
      version: given.ce_ledgerversion,
    });
    if (given.ce_type !== typeOf(envelope.kind) || topicOf[envelope.kind] !== topic)
      return unreadable(headers, record, 'type, kind and topic do not agree');
    if (given.ce_source !== sourceOf(position.log))
      return unreadable(headers, record, 'source and log do not agree');
    const value: unknown = JSON.parse((record.value ?? Buffer.from('null')).toString());
    return toMessage(envelope, Value.parse(value));
  } catch (error) {
    if (error instanceof z.core.$ZodError || error instanceof SyntaxError)
      return unreadable(headers, record, error);
    throw error;
  }
};

const unreadable = (
  headers: Readonly<Record<string, string>>,
  { value, offset }: Incoming,
  reason: z.core.$ZodError | SyntaxError | string,
): Unreadable => ({
  detail:
    typeof reason === 'string'
      ? reason
      : reason instanceof SyntaxError
        ? 'the value is not JSON'
        : schemaDetail(reason),
  raw: Buffer.from(JSON.stringify({ offset, headers, value: value?.toString('base64') ?? null })),
});

const textOf = (headers: Readonly<Record<string, unknown>>): Record<string, string> => {
  const text = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string' || Buffer.isBuffer(value)) text[name] = value.toString();
  return text;
};
