import { type EntryKind, type Message, topicOf } from '#contracts';

/** A row that keeps a message with its sealed part, as it came. */
export interface StoredMessage {
  readonly id: string;
  readonly log: string;
  /** A bigint, which the driver hands out as text. */
  readonly seq: string;
  readonly alias: string;
  readonly provider: string | null;
  readonly time: Date;
  readonly sealed: Buffer;
}

export const ENVELOPE = 'id, log, seq, alias, provider, time, sealed';
/** How many columns that are. */
export const ENVELOPE_SIZE = 7;

/** The message a row was made from, as far as opening it needs. */
export const messageOf = (row: StoredMessage, kind: EntryKind): Message => ({
  id: row.id,
  log: row.log,
  seq: Number(row.seq),
  kind,
  topic: topicOf[kind],
  time: row.time.toISOString(),
  recordedAt: row.time.toISOString(),
  alias: row.alias,
  ...(row.provider === null ? {} : { provider: row.provider }),
  data: {},
  sealed: row.sealed,
});

/** The values of ENVELOPE for a message. */
export const envelopeOf = (message: Message): readonly unknown[] => [
  message.id,
  message.log,
  message.seq,
  message.alias,
  message.provider ?? null,
  message.time,
  message.sealed,
];
