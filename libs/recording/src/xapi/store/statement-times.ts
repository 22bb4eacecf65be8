import { Injectable } from '@nestjs/common';
import { StatementDatabase } from './statement-database.js';
import type { StatementQuery } from './statement-query.js';

/**
 * The last place whose statement was stored until a moment, or one before the first. Places and
 * times have one order (see STORING_LOCK), so it is found by halving what is left: a few dozen
 * places of the primary key, however many statements there are, and no index of its own.
 */
export const LAST_UNTIL = `
  with recursive halves(low, high) as (
    select min(seq) - 1, max(seq) from recording.statement having max(seq) is not null
    union all
    select
      case when middle.stored <= $1::timestamptz then middle.seq else low end,
      case when middle.stored <= $1::timestamptz then high else (low + high + 1) / 2 - 1 end
    from halves
    cross join lateral (
      select seq, stored from recording.statement
      where seq >= (halves.low + halves.high + 1) / 2 order by seq limit 1
    ) as middle
    where low < high
  )
  select low::float8 as seq, (select max(seq) from recording.statement)::float8 as newest
  from halves where low >= high`;

/** Translates times into places, by which statements are found in order. */
@Injectable()
export class StatementTimes {
  constructor(private readonly db: StatementDatabase) {}

  /**
   * The query with the places between which its times lie. What is stored meanwhile may have a time
   * within them, so what ends at the newest statement stays open.
   */
  async placed(query: StatementQuery): Promise<StatementQuery> {
    const [since, until] = await Promise.all([
      this.#lastUntil(query.since),
      this.#lastUntil(query.until),
    ]);
    return {
      ...query,
      ...(since === undefined ? {} : { after: since.seq }),
      ...(until === undefined || until.seq === until.newest ? {} : { last: until.seq }),
    };
  }

  async #lastUntil(
    time: string | undefined,
  ): Promise<{ readonly seq: number; readonly newest: number } | undefined> {
    if (time === undefined) return undefined;
    const [found] = await this.db.prepared<{ seq: number; newest: number }>(LAST_UNTIL, [time]);
    return found;
  }
}
