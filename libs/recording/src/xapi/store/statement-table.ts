import type { Client as Connection } from 'pg';
import { BinaryRows, type Copy, copyIn } from '#log';
import type { SealedStatement } from './new-statement.js';
import type { Token } from './tokens.js';

/** One process stores at a time, so that "stored" and seq have one order; the number is ours. */
export const STORING_LOCK = 7_310_443;

/** A statement that is stored, as far as storing others needs it. */
export interface Row {
  readonly seq: number;
  readonly client: string;
  readonly id: string;
  readonly target: string | null;
  readonly is_void: boolean;
  readonly event_id: string | null;
  /** These three of statements with an id that was sent again; of others they are null. */
  readonly people: string;
  readonly wrapped_key: Buffer;
  readonly content: Buffer;
  /** Of statements at which new ones point; null of others. */
  readonly tokens: readonly string[] | null;
}

/** The last statement of all, and those that a group of new ones has to do with. */
export interface Found {
  readonly lastSeq: number;
  readonly lastStored: Date;
  readonly rows: readonly Row[];
  /** Ids of new ones at which something stored points, whoever's it is. */
  readonly referred: ReadonlySet<string>;
}

/** A statement with its place. */
export interface Placed {
  readonly client: string;
  readonly statement: SealedStatement;
  readonly seq: number;
  readonly stored: Date;
  /** Its own, and what it inherits from what it points at. */
  readonly tokens: readonly Token[];
  readonly eventId?: string;
}

/**
 * Prepared once on a connection, so that it can follow the lock in one round trip. Its plan is kept,
 * perhaps from when the table was empty: then too it must be the one for a table that is not.
 */
const PREPARE = `
  set enable_seqscan = off;
  set plan_cache_mode = force_generic_plan;
  prepare xapi_find(uuid[], uuid[]) as
  -- $1: ids of new statements, $2: what they point at. What is not needed is not sent: one may be
  -- pointed at by very many.
    select last.seq as last_seq, last.stored as last_stored,
      array(
        select new.id::text from unnest($1::uuid[]) as new(id)
        where exists (select from recording.statement r where r.target = new.id)) as referred,
      s.seq, s.client, s.id, s.target, s.is_void, s.event_id,
      case when s.id = any($1::uuid[]) then s.people end as people,
      case when s.id = any($1::uuid[]) then s.wrapped_key end as wrapped_key,
      case when s.id = any($1::uuid[]) then s.content end as content,
      case when s.id = any($2::uuid[]) then s.tokens end as tokens
    from (select 1) as one
    left join lateral (
      select seq, stored from recording.statement order by seq desc limit 1
    ) as last on true
    left join recording.statement s on s.id = any($1::uuid[] || $2::uuid[])`;
const prepared = new WeakSet<Connection>();
const OTHERS_OF_EVENT = `
  select count(*)::int as count from recording.statement s
  where s.client = $1 and s.id <> all($3::uuid[])
    -- Each side has an index of its own.
    and (s.event_id = $2 and s.event_id <> s.id::text or s.id = $2::uuid and s.event_id = $2)
    and not exists (
      select from recording.statement v where v.target = s.id and v.client = $1 and v.is_void)`;
/**
 * What is said of a statement is said of those that point at it, and of those that point at them
 * (1.0.3 part 3 §2.1.4). Longer chains, or more statements that wait for one, nobody means.
 */
const CHAIN_MAX = 10;
const REFERRING_MAX = 1_000;
/** So many tokens are inherited: a batch could point a thousand times at what has thousands. */
export const INHERITED_MAX = 1_000;
const INHERIT = `
  with recursive referring(seq, id, depth) as (
    select s.seq, s.id, 1 from recording.statement s where s.target = $2 and s.client = $3
    union
    select s.seq, s.id, depth + 1 from referring r
    join recording.statement s on s.target = r.id and s.client = $3 where depth < ${CHAIN_MAX}
  ), heir as (
    select distinct seq from (select seq from referring limit ${REFERRING_MAX}) as r
    where seq <> $1
  ), gift as (
    select unnest(tokens[1:${INHERITED_MAX}]) as token from recording.statement where seq = $1
  ), inherited as (
    update recording.statement s
    set tokens = s.tokens || array(select token from gift except select unnest(s.tokens))
    where s.seq in (select seq from heir)
  )
  insert into recording.statement_token (token, seq) select distinct token, seq from gift, heir
  on conflict do nothing`;

/**
 * Begins the transaction in which a group is stored, waits for its turn, and finds statements of
 * these ids (UUIDs) and of those that they point at.
 */
export const beginStoring = async (
  pg: Connection,
  ids: readonly string[],
  targets: readonly string[],
): Promise<Found> => {
  if (!prepared.has(pg)) {
    await pg.query(PREPARE);
    prepared.add(pg);
  }
  const results = (await pg.query(`begin; select pg_advisory_xact_lock(${STORING_LOCK});
    execute xapi_find('{${ids.join()}}', '{${targets.join()}}')`)) as unknown as readonly [
    unknown,
    unknown,
    { readonly rows: readonly FoundRow[] },
  ];
  const { rows } = results[2];
  const [first] = rows;
  return {
    lastSeq: Number(first?.last_seq ?? 0),
    lastStored: first?.last_stored ?? new Date(0),
    referred: new Set(first?.referred),
    rows: rows.flatMap((row) => (row.id === null ? [] : [{ ...row, seq: Number(row.seq) } as Row])),
  };
};

interface FoundRow extends Omit<Row, 'id' | 'seq'> {
  readonly id: string | null;
  readonly seq: string;
  readonly last_seq: string | null;
  readonly last_stored: Date | null;
  readonly referred: readonly string[];
}

/** How many statements but these, not voided, became the same event of the ledger. */
export const othersOfEvent = async (
  pg: Connection,
  client: string,
  eventId: string,
  but: readonly string[],
): Promise<number> => {
  const { rows } = await pg.query<{ count: number }>(OTHERS_OF_EVENT, [client, eventId, but]);
  return rows[0]?.count ?? 0;
};

/**
 * Adds statements, their tokens and their attachments, in one round trip; with `then`, a statement
 * that follows them.
 */
export const addStatements = (
  pg: Connection,
  placed: readonly Placed[],
  then?: 'commit',
): Promise<void> => copyIn(pg, statementRows(placed, 'recording'), then);

/** Of a row, and more than a token takes in the statement's own. */
const TOKEN_BYTES = 26;

/** The rows of statements, for tables of this schema. */
export const statementRows = (placed: readonly Placed[], schema: string): readonly Copy[] => {
  const bytesOf = ({ tokens: found }: Placed): number => TOKEN_BYTES * found.length;
  const statements = BinaryRows.roomFor(
    placed,
    (each) => each.statement.sealed.content.length + bytesOf(each),
  );
  const tokens = BinaryRows.roomFor(placed, bytesOf);
  let attachments: BinaryRows | undefined;
  for (const { client, statement, seq, stored, tokens: found, eventId } of placed) {
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
      .bytes(int8Array(found));
    for (const token of found) tokens.row(2).bytes(int8Bytes(token)).int8(seq);
    for (const [n, { about, content }] of sealed.attachments.entries()) {
      attachments ??= new BinaryRows();
      attachments.row(4).int8(seq).int4(n).bytes(about).bytes(content);
    }
  }
  return [
    {
      into: `${schema}.statement (seq, client, id, stored, target, is_void, event_id, people,
        wrapped_key, content, tokens)`,
      rows: statements.end(),
    },
    { into: `${schema}.statement_token (token, seq)`, rows: tokens.end() },
    ...(attachments
      ? [
          {
            into: `${schema}.attachment (seq, n, about, content)`,
            rows: attachments.end(),
          },
        ]
      : []),
  ];
};

/** Whatever pointed at a statement before it was stored is found by what that one is found by. */
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
