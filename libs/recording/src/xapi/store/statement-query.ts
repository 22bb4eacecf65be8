import type { Token } from './tokens.js';

/** Which statements are asked for, as the table knows them. */
export interface StatementQuery {
  readonly client: string;
  /** Each has to hold: one of its tokens is the statement's. The most telling first. */
  readonly filters: readonly (readonly Token[])[];
  /** Stored after, and stored until: RFC 3339. */
  readonly since?: string;
  readonly until?: string;
  /** The same as places: see StatementTimes. They bound the walk; the times decide. */
  readonly after?: number;
  readonly last?: number;
  readonly ascending: boolean;
  /** Only beyond this seq, in the order asked for. */
  readonly beyond?: number;
  readonly limit: number;
}

const NOT_VOIDED = `not exists (
  select from recording.statement v
  where v.target = s.id and v.client = s.client and v.is_void and not s.is_void)`;
const COLUMNS = 's.seq, s.id, s.stored, s.people, s.wrapped_key, s.content';
/** So much of what statements say is read for one page; one alone may be longer. */
export const PAGE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * SQL and parameters. `content` is null from where the page would be too long; the lengths are known
 * without reading it.
 */
export const toSql = (query: StatementQuery): { text: string; values: unknown[] } => {
  const { text, values } = matching(query);
  const order = `order by seq ${query.ascending ? 'asc' : 'desc'}`;
  return {
    text: `select seq, id, stored, people, wrapped_key,
        case when bytes - length(content) < ${PAGE_BYTES_MAX} then content end as content
      from (select *, sum(length(content)) over (${order}) as bytes from (${text}) as matching) as page
      ${order}`,
    values,
  };
};

/**
 * Each filter is one walk along its tokens' index, in the order asked for, between the places that
 * the times stand for.
 */
const matching = (query: StatementQuery): { text: string; values: unknown[] } => {
  const values: unknown[] = [query.client];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const order = query.ascending ? 'asc' : 'desc';
  const limit = parameter(query.limit);
  const compare = query.ascending ? '>' : '<';
  const bounds = [
    ...(query.beyond === undefined ? [] : [`seq ${compare} ${parameter(query.beyond)}`]),
    ...(query.after === undefined ? [] : [`seq > ${parameter(query.after)}`]),
    ...(query.last === undefined ? [] : [`seq <= ${parameter(query.last)}`]),
  ];
  const within = (table: 's' | 't'): readonly string[] => bounds.map((each) => `${table}.${each}`);
  const stored = [
    ...(query.since === undefined ? [] : [`s.stored > ${parameter(query.since)}`]),
    ...(query.until === undefined ? [] : [`s.stored <= ${parameter(query.until)}`]),
  ];
  const [first, ...others] = query.filters;
  const probes = others.map(
    (tokens) => `exists (select from recording.statement_token o
      where o.token = any(${parameter(tokens.map(String))}::bigint[]) and o.seq = s.seq)`,
  );
  const conditions = ['s.client = $1', NOT_VOIDED, ...stored, ...probes];
  if (!first)
    return {
      text: `select ${COLUMNS} from recording.statement s
        where ${[...conditions, ...within('s')].join(' and ')}
        order by s.seq ${order} limit ${limit}`,
      values,
    };
  const walks = first.map(
    (token) => `(select ${COLUMNS} from recording.statement_token t
      join recording.statement s on s.seq = t.seq
      where ${[`t.token = ${parameter(String(token))}`, ...within('t'), ...conditions].join(' and ')}
      order by t.seq ${order} limit ${limit})`,
  );
  return {
    text:
      walks.length === 1
        ? (walks[0] ?? '')
        : `select distinct on (seq) * from (${walks.join(' union all ')}) as s
           order by seq ${order} limit ${limit}`,
    values,
  };
};
