import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { usingXapiStore } from '../../testing/xapi-store.js';
import { type StatementQuery, toSql } from './statement-query.js';
import { LAST_UNTIL, StatementTimes } from './statement-times.js';

/** Searches between two times among very many statements: what they look at, and what they find. */
const store = usingXapiStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const db = () => store().recorder.service.foundation.db;

const COUNT = 20_000;
const FIRST = Date.parse('2026-01-01T00:00:00.000Z');
const MINUTE_MS = 60_000;
/** The verb of all, and the activity of each second one: both are common. */
const [VERB, ACTIVITY] = [11n, 12n];

interface Known {
  readonly seq: number;
  readonly stored: number;
  readonly isAbout: boolean;
}
/** One a minute; ten in a row have one time, as of one group; after each tenth a place is empty. */
const known: readonly Known[] = Array.from({ length: COUNT }, (_, n) => ({
  seq: n + 1 + Math.floor(n / 10),
  stored: FIRST + (n - (n % 10)) * MINUTE_MS,
  isAbout: n % 2 === 0,
}));
const at = (n: number, ms = 0): string =>
  new Date((known[n]?.stored ?? FIRST + COUNT * MINUTE_MS) + ms).toISOString();

beforeAll(async () => {
  await db().query(
    `insert into recording.statement
       (seq, client, id, stored, is_void, people, wrapped_key, content, tokens)
     select seq, $1, gen_random_uuid(), stored, false, '', '', '', '{}'
     from unnest($2::bigint[], $3::timestamptz[]) as t (seq, stored)`,
    [
      store().client,
      known.map(({ seq }) => seq),
      known.map(({ stored }) => new Date(stored).toISOString()),
    ],
  );
  for (const [token, those] of [
    [VERB, known],
    [ACTIVITY, known.filter(({ isAbout }) => isAbout)],
  ] as const)
    await db().query('insert into recording.statement_token select $1, unnest($2::bigint[])', [
      String(token),
      those.map(({ seq }) => seq),
    ]);
  await db().query('vacuum analyze recording.statement, recording.statement_token');
}, 60_000);

const queryOf = (part: Partial<StatementQuery>): StatementQuery => ({
  client: store().client,
  filters: [[VERB]],
  ascending: false,
  limit: 501,
  ...part,
});
const placed = (query: StatementQuery): Promise<StatementQuery> =>
  store().recorder.service.app.get(StatementTimes).placed(query);

/** What a search through all of them finds. */
const expected = ({ since, until, beyond, ascending, filters, limit }: StatementQuery) => {
  const found = known.filter(
    ({ seq, stored, isAbout }) =>
      (since === undefined || stored > Date.parse(since)) &&
      (until === undefined || stored <= Date.parse(until)) &&
      (beyond === undefined || (ascending ? seq > beyond : seq < beyond)) &&
      filters.every((tokens) => isAbout || tokens.includes(VERB)),
  );
  return (ascending ? found : found.toReversed()).slice(0, limit).map(({ seq }) => seq);
};

interface Node {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly Node[];
}
const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How many rows of tables and indexes are read, whether they fit or not. */
const rowsRead = async (text: string, values: readonly unknown[]): Promise<number> => {
  const [row] = await db().query<{ 'QUERY PLAN': [{ Plan: Node }] }[]>(
    `explain (analyze, format json) ${text}`,
    [...values],
  );
  return nodesOf(row?.['QUERY PLAN'][0].Plan as Node)
    .filter((node) => node['Node Type'].includes('Scan'))
    .reduce(
      (sum, node) =>
        sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    );
};

const hour = { since: at(COUNT - 61), until: at(COUNT) };
const middle = { since: at(9_000), until: at(9_060) };
const long = { since: at(100, 1), until: at(1_000, -1) };
const filters = {
  'a verb': [[VERB]],
  'two common filters': [[ACTIVITY], [VERB]],
  'one or the other': [[ACTIVITY, VERB]],
  nothing: [],
} as const;
const cases = Object.entries({ 'the last hour': hour, 'an hour long ago': middle }).flatMap(
  ([when, times]) =>
    Object.entries(filters).flatMap(([what, each]) =>
      [false, true].map(
        (ascending) => [when, what, ascending, { ...times, filters: each }] as const,
      ),
    ),
);

describe('a search between two times', () => {
  it.each(cases)(
    'of %s by %s (ascending: %s) reads no other rows',
    async (_w, _f, ascending, part) => {
      const query = queryOf({ ...part, ascending });
      const { text, values } = toSql(await placed(query));
      const rows = await db().query<{ seq: string }[]>(text, values);
      expect(rows.map(({ seq }) => Number(seq))).toEqual(expected(query));
      expect(rows.length).toBeGreaterThan(20);
      // Each of an hour's statements a few times, of 20,000: by token, by place, whether it is voided.
      expect(await rowsRead(text, values)).toBeLessThan(70 * 6);
      // Without places all after or before that hour would be walked through.
      if (ascending) {
        const { text: plain, values: given } = toSql(query);
        expect(await rowsRead(plain, given)).toBeGreaterThan(5_000);
      }
    },
  );

  it.each([
    ['exclusive and inclusive', { since: at(500), until: at(520) }],
    ['between two of them', long],
    ['from before the first', { since: at(0, -1) }],
    ['from the first', { since: at(0) }],
    ['until before the first', { until: at(0, -1) }],
    ['until the first', { until: at(0) }],
    ['since the last', { since: at(COUNT - 1) }],
    ['until the last', { until: at(COUNT - 1) }],
    ['in the future', { since: '2100-01-01T00:00:00Z', until: '2101-01-01T00:00:00Z' }],
    ['until the future', { since: at(COUNT - 100), until: '2101-01-01T00:00:00Z' }],
    ['the wrong way round', { since: at(600), until: at(500) }],
    [
      'with another offset',
      { since: '2026-01-01T03:00:00+02:00', until: '2026-01-01T03:00:00+01:00' },
    ],
  ])('finds what is stored then: %s', async (_, times) => {
    for (const ascending of [false, true])
      for (const beyond of [undefined, 550, 21_900]) {
        const query = queryOf({ ...times, ascending, ...(beyond === undefined ? {} : { beyond }) });
        const { text, values } = toSql(await placed(query));
        const rows = await db().query<{ seq: string }[]>(text, values);
        expect(rows.map(({ seq }) => Number(seq))).toEqual(expected(query));
      }
  });

  it('finds the places of its times by halving', async () => {
    for (const time of [at(0, -1), at(1), at(12_345, 1), at(COUNT - 1)])
      expect(await rowsRead(LAST_UNTIL, [time])).toBeLessThan(100);
  });

  it('finds what is stored with a time in it between asking for the places and for the rows', async () => {
    const query = queryOf({
      since: at(COUNT - 11),
      until: '2101-01-01T00:00:00Z',
      ascending: true,
    });
    const places = await placed(query);
    await db().query(
      `insert into recording.statement
         (seq, client, id, stored, is_void, people, wrapped_key, content, tokens)
       values (30000, $1, $2, '2099-01-01', false, '', '', '', '{}')`,
      [store().client, randomUUID()],
    );
    await db().query('insert into recording.statement_token values ($1, 30000)', [String(VERB)]);
    const { text, values } = toSql(places);
    const rows = await db().query<{ seq: string }[]>(text, values);
    expect(rows.map(({ seq }) => Number(seq))).toEqual([...expected(query), 30_000]);
    await db().query('delete from recording.statement_token where seq = 30000');
    await db().query('delete from recording.statement where seq = 30000');
  });
});

describe('a search in an empty store', () => {
  it('has no places', async () => {
    await db().query('truncate recording.statement, recording.statement_token');
    const query = queryOf({ ...hour });
    const places = await placed(query);
    expect(places).toEqual(query);
    const { text, values } = toSql(places);
    expect(await db().query(text, values)).toEqual([]);
  });
});
