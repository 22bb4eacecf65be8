import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { Pool } from 'pg';
import { copyIn } from '#log';
import {
  type Placed,
  statementRows,
} from '../../../libs/recording/src/xapi/store/statement-table.js';
import { freePort, LedgerProcess } from '../../processes/ledger-process.js';
import { connect } from '../connect.js';
import { openCopyLimit, ROWS_PER_TRANSACTION } from '../copy-limit.js';
import { entries } from '../entries.js';
import { CONNECTIONS, postAll } from '../load.js';
import { perSecond } from '../measure.js';
import { openRecorder } from '../recorder.js';
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
