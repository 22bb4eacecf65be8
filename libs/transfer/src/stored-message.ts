import { type EntryKind, type Message, topicOf } from '#contracts';

/** The columns of a row that keeps a message with its sealed part, as it came. */
export interface StoredMessage {
  readonly id: string;
  readonly log: string;
  /** A bigint, which the driver hands out as text. */
  readonly seq: string;
  readonly alias: string;
  readonly time: Date;
  readonly sealed: Buffer;
}

export const ENVELOPE = 'id, log, seq, alias, time, sealed';

/** The values of ENVELOPE for a message; undefined if it has nothing sealed under an alias. */
export const envelopeOf = (message: Message): readonly unknown[] | undefined =>
  message.alias === undefined || message.sealed === undefined
    ? undefined
    : [message.id, message.log, message.seq, message.alias, message.time, message.sealed];

/** The message that a row was made of, as far as opening it needs. */
export const messageOf = (row: StoredMessage, kind: EntryKind): Message => ({
  id: row.id,
  log: row.log,
  seq: Number(row.seq),
  kind,
  topic: topicOf[kind],
  time: row.time.toISOString(),
  recordedAt: row.time.toISOString(),
  alias: row.alias,
  data: {},
  sealed: row.sealed,
});
