import { type EntryKind, type Message, topicOf } from '#contracts';

/** The envelope columns of a read-model row whose personal part is kept sealed as it came. */
export interface StoredMessage {
  readonly id: string;
  readonly log: string;
  readonly seq: string;
  readonly alias: string;
  readonly provider: string | null;
  readonly time: Date;
  readonly recorded_at: Date;
  readonly sealed: Buffer;
}

export const ENVELOPE = 'id, log, seq, alias, provider, time, recorded_at, sealed';

/** The message a row was made from, for Journal.open. */
export const messageOf = (row: StoredMessage, kind: EntryKind, data: object): Message => ({
  id: row.id,
  log: row.log,
  seq: Number(row.seq),
  kind,
  topic: topicOf[kind],
  time: row.time.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  alias: row.alias,
  ...(row.provider === null ? {} : { provider: row.provider }),
  data,
  sealed: row.sealed,
});

/** The envelope of a message as parameters, in the order of ENVELOPE. */
export const envelopeOf = (message: Message): readonly unknown[] => [
  message.id,
  message.log,
  message.seq,
  message.alias,
  message.provider ?? null,
  message.time,
  message.recordedAt,
  message.sealed,
];
