import { randomBytes } from 'node:crypto';
import { type Client, Pool } from 'pg';
import { copyIn } from '#log';
import {
  type Placed,
  statementRows,
} from '../../../libs/recording/src/xapi/store/statement-table.js';
import { toSql } from '../../../libs/recording/src/xapi/store/statement-query.js';
import { BY_ID } from '../../../libs/recording/src/xapi/store/statement-reader.js';
import { freePort, LedgerProcess } from '../../processes/ledger-process.js';
import { connect } from '../connect.js';
import { openCopyLimit, ROWS_PER_TRANSACTION } from '../copy-limit.js';
import { entries } from '../entries.js';
import { CONNECTIONS, getAll, postAll } from '../load.js';
import { perSecond } from '../measure.js';
import { CLIENT, openRecorder } from '../recorder.js';
import type { Bench, Measured, Prepared, Row } from '../row.js';
import { account, statements, VERBS, XAPI_HEADERS } from '../statements.js';

const BATCH = 25;

/** Settled beforehand: rows of the size and with the keys that our own have. */
const placed = (count: number, from: number): Placed[] =>
  Array.from({ length: count }, (_, n): Placed => {
    const tokens = Array.from({ length: 5 }, () => randomBytes(8).readBigInt64BE());
    // What all statements have in common: the course, the verb, where it was.
    tokens.splice(1, 3, 11n, 12n + BigInt(n % 2), 14n);
    const hex = randomBytes(16).toString('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
    return {
      client: 'bench',
      seq: from + n,
      stored: new Date(),
      tokens,
      ...(n % 2 === 0 ? { eventId: id } : {}),
      statement: {
        id,
        statement: {} as Placed['statement']['statement'],
        attachments: [],
        tokens,
        isVoid: false,
        sealed: {
          people: [`urn:lrn:${'a'.repeat(32)}`],
          wrappedKey: randomBytes(85),
          content: randomBytes(CONTENT_BYTES),
          attachments: [],
        },
      },
    };
  });
/** What a statement of the bench takes, sealed. */
const CONTENT_BYTES = 960;

/** Binary COPY of as many statements, and of the log's entries for those that can earn something. */
const openStatementLimit = async (databaseUrl: string) => {
  const log = await openCopyLimit(databaseUrl);
  const client = await connect(databaseUrl);
  await client.query(`
    create table bench.statement (like recording.statement including all);
    create table bench.statement_token (like recording.statement_token including all);`);
  let seq = 0;
  return {
    round: async (count: number): Promise<Measured> => {
      const rows = placed(count, seq);
      seq += count;
      const settled = log.settle(entries(count / 2));
      const since = performance.now();
      for (let n = 0; n < count; n += ROWS_PER_TRANSACTION) {
        await client.query('begin');
        await copyIn(client, statementRows(rows.slice(n, n + ROWS_PER_TRANSACTION), 'bench'));
        await client.query('commit');
        await log.copy(settled.slice(n / 2, (n + ROWS_PER_TRANSACTION) / 2));
      }
      return perSecond(count, since);
    },
    close: async () => {
      await client.end();
      await log.close();
    },
  };
};

const idsAre =
  (count: number) =>
  (body: string): boolean =>
    body.split('-').length === 4 * count + 1;

const bodies = (count: number, size: number): string[] =>
  Array.from({ length: count / size }, () => JSON.stringify(statements(size)));

/** Batches of 25 statements about one course over 16 connections. */
export const xapiBatches: Row = {
  row: 'xapi-batches',
  unit: 'statements/s',
  must: 0.15,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 10_000 : 50_000;
    const recorder = await openRecorder(bench);
    const limit = await openStatementLimit(recorder.databaseUrl);
    const url = new URL('/xapi/statements', recorder.url).href;
    return {
      ours: () =>
        postAll(
          { url, headers: XAPI_HEADERS, bodies: bodies(count, BATCH), check: idsAre(BATCH) },
          BATCH,
        ),
      limit: () => limit.round(count),
      close: async () => {
        await recorder.close();
        await limit.close();
      },
    };
  },
};

/** One statement a request, beside a route that only parses and answers. */
export const xapiSingle: Row = {
  row: 'xapi-single',
  unit: 'statements/s',
  must: 0.25,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 5_000 : 20_000;
    const recorder = await openRecorder(bench);
    const bareUrl = `http://127.0.0.1:${await freePort()}`;
    const bare = new LedgerProcess('test/benchmark/bare-route.js', bareUrl, {
      PORT: new URL(bareUrl).port,
    });
    bare.start();
    await bare.ready();
    const post = (to: string) =>
      postAll({
        url: new URL('/xapi/statements', to).href,
        headers: XAPI_HEADERS,
        bodies: statements(count).map((one) => JSON.stringify(one)),
        check: idsAre(1),
      });
    return {
      ours: () => post(recorder.url),
      limit: () => post(bareUrl),
      close: async () => {
        await recorder.close();
        await bare.stop();
      },
    };
  },
};

/** Stores so many statements, in the largest batches. */
const fill = async (bench: Bench, url: string, count: number): Promise<void> => {
  for (let done = 0; done < count; done += FILL_ROUND) {
    const load = { url, headers: XAPI_HEADERS, bodies: bodies(FILL_ROUND, FILL_BATCH) };
    await postAll({ ...load, check: idsAre(FILL_BATCH) });
    if (done % (10 * FILL_ROUND) === 0) bench.progress(`${done} of ${count} statements are stored`);
  }
};
const FILL_BATCH = 100;
const FILL_ROUND = 10_000;

interface Asked {
  readonly path: string;
  readonly sql: { readonly text: string; readonly values: unknown[] };
}

/** So many of the statements that are stored, from all over the table. */
const sample = async (client: Client, count: number, total: number) => {
  const seqs = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * total));
  const { rows } = await client.query<{ id: string; client: string; tokens: string[] }>(
    'select id, client, tokens from recording.statement where seq = any($1::bigint[])',
    [seqs],
  );
  return rows;
};

/** The same query through `pg`, on as many connections. */
const askAll = async (pool: Pool, asked: readonly Asked[]): Promise<Measured> => {
  const since = performance.now();
  let next = 0;
  const ask = async (): Promise<void> => {
    for (let one = asked[next++]; one; one = asked[next++]) {
      const { rows } = await pool.query(one.sql);
      if (rows.length === 0) throw new Error('nothing was found');
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  return perSecond(asked.length, since);
};

const reading = (
  row: string,
  ask: (client: Client, count: number, total: number) => Promise<Asked[]>,
): Row => ({
  row,
  unit: 'requests/s',
  must: 0.4,
  prepare: async (bench): Promise<Prepared> => {
    const total = bench.isQuick ? 20_000 : 1_000_000;
    const count = bench.isQuick ? 2_000 : 10_000;
    const recorder = await openRecorder(bench);
    await fill(bench, new URL('/xapi/statements', recorder.url).href, total);
    const client = await connect(recorder.databaseUrl);
    await client.query('vacuum analyze recording.statement, recording.statement_token');
    const pool = new Pool({ connectionString: recorder.databaseUrl, max: CONNECTIONS });
    const asked = () => ask(client, count, total);
    return {
      ours: async () => {
        const paths = (await asked()).map(({ path }) => path);
        return getAll(recorder.url, XAPI_HEADERS, paths, (body) => body.includes('"stored"'));
      },
      limit: async () => askAll(pool, await asked()),
      close: async () => {
        await pool.end();
        await client.end();
        await recorder.close();
      },
    };
  },
});

/** One statement by its id, of a million. */
export const xapiById = reading('xapi-by-id', async (client, count, total) =>
  (await sample(client, count, total)).map((row) => ({
    path: `/xapi/statements?statementId=${row.id}`,
    sql: { text: BY_ID, values: [row.id, row.client] },
  })),
);

/** The latest of what a learner did with a verb: a page of 25. */
export const xapiSearch = reading('xapi-search', async (client, count, total) =>
  (await sample(client, count, total)).map(({ tokens }, n) => {
    // Its verb comes first, its actor after the course and two more (see StatementTokens).
    const filters = [[BigInt(tokens[ACTOR] ?? 0)], [BigInt(tokens[0] ?? 0)]];
    const parameters = new URLSearchParams({
      agent: JSON.stringify({ account: account(n) }),
      verb: VERBS[n % 2] ?? '',
      limit: String(PAGE),
    });
    return {
      path: `/xapi/statements?${parameters.toString()}`,
      sql: toSql({ client: CLIENT, filters, ascending: false, limit: PAGE + 1 }),
    };
  }),
);
const PAGE = 25;
const ACTOR = 4;
