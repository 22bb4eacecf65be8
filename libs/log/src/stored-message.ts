import { type EntryKind, type Message, topicOf } from '#contracts';
import { BinaryRows } from './binary-copy.js';

/** A row of a read model that keeps a message with its personal part sealed, as it came. */
export interface StoredMessage {
  readonly id: string;
  readonly log: string;
  /** A bigint, which the driver hands out as text. */
  readonly seq: string;
  readonly alias: string;
  readonly provider: string | null;
  readonly time: Date;
  readonly recorded_at: Date;
  readonly sealed: Buffer;
}

/** The columns of such a row, for a query. */
export const ENVELOPE = 'id, log, seq, alias, provider, time, recorded_at, sealed';

const ENVELOPE_FIELDS = 8;

/** The same, for a migration. */
export const ENVELOPE_COLUMNS = `
  id text not null, log text not null, seq bigint not null, alias text not null, provider text,
  time timestamptz not null, recorded_at timestamptz not null, sealed bytea not null`;

/**
 * The values of ENVELOPE for a message, in its order; undefined if it has nothing sealed under an
 * alias.
 */
export const envelopeOf = (message: Message): readonly unknown[] | undefined =>
  message.alias === undefined || message.sealed === undefined
    ? undefined
    : [
        message.id,
        message.log,
        message.seq,
        message.alias,
        message.provider ?? null,
        message.time,
        message.recordedAt,
        message.sealed,
      ];

/** Rows for messages, with room for all. */
export const rowsFor = (messages: readonly Pick<Message, 'sealed'>[]): BinaryRows =>
  BinaryRows.roomFor(messages, ({ sealed }) => sealed?.length ?? 0);

/** Begins a row with the fields of ENVELOPE; as many others follow. */
export const envelopeRow = (
  rows: BinaryRows,
  message: Omit<Message, 'data'>,
  others: number,
): BinaryRows =>
  rows
    .row(ENVELOPE_FIELDS + others)
    .text(message.id)
    .text(message.log)
    .int8(message.seq)
    .text(message.alias)
    .text(message.provider)
    .timestamptz(new Date(message.time))
    .timestamptz(new Date(message.recordedAt))
    .bytes(message.sealed);

/** The message that a row was made of, as far as Journal.open needs it. */
export const messageOf = (row: StoredMessage, kind: EntryKind, data: object = {}): Message => ({
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
