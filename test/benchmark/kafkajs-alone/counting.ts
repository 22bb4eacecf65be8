import { connect } from '../connect.js';
import { consume, rawKafka } from './consume.js';
import type { Given, Limit } from './limit.js';

const UPSERT_ROWS = 1_000;
const COUNTED = 500;

/** Reads what a topic has and counts in 500 rows, in batches, as the simplest consumer would. */
export const counting = async ({ brokers, databaseUrl, topic, count }: Given): Promise<Limit> => {
  const db = await connect(databaseUrl);
  await db.query(`
    create schema bench;
    create table bench.tally (alias text primary key, n bigint not null, last text not null)`);
  const take = async (records: readonly Buffer[]): Promise<void> => {
    const rows = records.map((record, n) => ({ alias: `${n % COUNTED}`, last: record.toString() }));
    const byAlias = Map.groupBy(rows, ({ alias }) => alias);
    await db.query(
      `insert into bench.tally as t (alias, n, last)
       select * from unnest($1::text[], $2::bigint[], $3::text[])
       on conflict (alias) do update set n = t.n + excluded.n, last = excluded.last`,
      [
        [...byAlias.keys()],
        [...byAlias.values()].map(({ length }) => length),
        [...byAlias.values()].map((list) => list.at(-1)?.last),
      ],
    );
  };
  return {
    round: () => consume(rawKafka(brokers), topic, count, { size: UPSERT_ROWS, take }),
    close: () => db.end(),
  };
};
