import type { Client as Connection } from 'pg';
import { BinaryRows, type Copy, copyIn } from '#log';
import type { SealedStatement } from './new-statement.js';

/** One process stores at a time, so that "stored" and seq have one order; the number is ours. */
const STORING_LOCK = 7_310_443;

/** A statement that is stored, as far as storing others needs it. */
export interface Row {
  readonly seq: number;
  readonly client: string;
  readonly id: string;
  readonly target: string | null;
  readonly is_void: boolean;
  readonly event_id: string | null;
  readonly people: string;
  readonly wrapped_key: Buffer;
  readonly content: Buffer;
}

/** The last statement of all, and those that a group of new ones has to do with. */
export interface Found {
  readonly lastSeq: number;
  readonly lastStored: Date;
  readonly rows: readonly Row[];
}

/** A statement with its place. */
export interface Placed {
  readonly client: string;
  readonly statement: SealedStatement;
  readonly seq: number;
  readonly stored: Date;
  readonly eventId?: string;
}

const FIND = {
  name: 'xapi-find',
  text: `
    select last.seq as last_seq, last.stored as last_stored,
      s.seq, s.client, s.id, s.target, s.is_void, s.event_id, s.people, s.wrapped_key, s.content
    from (select 1) as one
    left join lateral (
      select seq, stored from recording.statement order by seq desc limit 1
    ) as last on true
    left join recording.statement s on s.id = any($1::uuid[]) or s.target = any($1::uuid[])`,
};
const OTHERS_OF_EVENT = `
  select count(*)::int as count from recording.statement s
  where s.client = $1 and s.event_id = $2 and s.id <> $3
    and not exists (
      select from recording.statement v where v.target = s.id and v.client = $1 and v.is_void)`;
/**
 * What is said of a statement is said of those that point at it, and of those that point at them
 * (1.0.3 part 3 §2.1.4). Longer chains than these nobody means.
 */
const CHAIN_MAX = 10;
const INHERIT = `
  with recursive referring(seq, id, depth) as (
    select s.seq, s.id, 1 from recording.statement s where s.target = $2 and s.client = $3
    union
    select s.seq, s.id, depth + 1 from referring r
    join recording.statement s on s.target = r.id and s.client = $3 where depth < ${CHAIN_MAX}
  ), inherited as (
    update recording.statement s set tokens = s.tokens || t.tokens
    from recording.statement t
    where t.seq = $1 and s.seq in (select seq from referring) and s.seq <> $1
  )
  insert into recording.statement_token (token, seq)
  select unnest(t.tokens), r.seq from recording.statement t, referring r where t.seq = $1
  on conflict do nothing`;

/** Begins the transaction in which a group is stored; waits for its turn. */
export const beginStoring = async (pg: Connection): Promise<void> => {
  await pg.query(`begin; select pg_advisory_xact_lock(${STORING_LOCK})`);
};

/** Statements of these ids, or that point at them. */
export const findStatements = async (pg: Connection, ids: readonly string[]): Promise<Found> => {
  const { rows } = await pg.query<
    { last_seq: string | null; last_stored: Date | null } & Record<string, unknown>
  >({ ...FIND, values: [ids] });
  const [first] = rows;
  return {
    lastSeq: Number(first?.last_seq ?? 0),
    lastStored: first?.last_stored ?? new Date(0),
    rows: rows.flatMap((row) =>
      row['id'] === null ? [] : [{ ...(row as unknown as Row), seq: Number(row['seq']) }],
    ),
  };
};

/** How many other statements, not voided, became the same event of the ledger. */
export const othersOfEvent = async (
  pg: Connection,
  client: string,
  eventId: string,
  id: string,
): Promise<number> => {
  const { rows } = await pg.query<{ count: number }>(OTHERS_OF_EVENT, [client, eventId, id]);
  return rows[0]?.count ?? 0;
};

/** Adds statements, their tokens and their attachments, in one round trip. */
export const addStatements = (pg: Connection, placed: readonly Placed[]): Promise<void> =>
  copyIn(pg, statementRows(placed, 'recording'));

/** The rows of statements, for tables of this schema. */
export const statementRows = (placed: readonly Placed[], schema: string): readonly Copy[] => {
  const statements = new BinaryRows();
  const tokens = new BinaryRows();
  const attachments = new BinaryRows();
  let hasAttachments = false;
  for (const { client, statement, seq, stored, eventId } of placed) {
    const { sealed, target, isVoid } = statement;
    statements
      .row(11)
      .int8(seq)
      .text(client)
      .bytes(uuidBytes(statement.id))
      .timestamptz(stored)
      .bytes(target === undefined ? undefined : uuidBytes(target))
      .bytes(isVoid ? TRUE : FALSE)
      .text(eventId)
      .text(sealed.people.join(' '))
      .bytes(sealed.wrappedKey)
      .bytes(sealed.content)
      .bytes(int8Array(statement.tokens));
    for (const token of statement.tokens) tokens.row(2).bytes(int8Bytes(token)).int8(seq);
    for (const [n, { sha2, contentType }] of statement.attachments.entries()) {
      hasAttachments = true;
      attachments
        .row(5)
        .int8(seq)
        .int4(n)
        .text(sha2)
        .text(contentType)
        .bytes(sealed.attachments[n]);
    }
  }
  return [
    {
      into: `${schema}.statement (seq, client, id, stored, target, is_void, event_id, people,
        wrapped_key, content, tokens)`,
      rows: statements.end(),
    },
    { into: `${schema}.statement_token (token, seq)`, rows: tokens.end() },
    ...(hasAttachments
      ? [
          {
            into: `${schema}.attachment (seq, n, sha2, content_type, content)`,
            rows: attachments.end(),
          },
        ]
      : []),
  ];
};

/** Whatever points at a statement is found by whatever that one is found by. */
export const inheritTokens = async (
  pg: Connection,
  target: { readonly seq: number; readonly id: string; readonly client: string },
): Promise<void> => {
  await pg.query(INHERIT, [target.seq, target.id, target.client]);
};

const TRUE = Buffer.from([1]);
const FALSE = Buffer.from([0]);
const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const int8Bytes = (value: bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};

const INT8_OID = 20;
/** A list without nulls, as PostgreSQL sends one: dimensions, has nulls, type, length, from 1. */
const int8Array = (values: readonly bigint[]): Buffer => {
  const bytes = Buffer.alloc(20 + 12 * values.length);
  [1, 0, INT8_OID, values.length, 1].forEach((word, n) => bytes.writeInt32BE(word, 4 * n));
  values.forEach((value, n) => {
    bytes.writeInt32BE(8, 20 + 12 * n);
    bytes.writeBigInt64BE(value, 24 + 12 * n);
  });
  return bytes;
};
