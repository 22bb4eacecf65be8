import type { DataSource, EntityManager } from 'typeorm';
import { type Carried, type Lane, type LanePlaces, nameOfLane } from './due.js';

type Taken = Pick<Carried, 'log' | 'seq' | 'nextOffset'>;

/** Another reader of the same projection has moved the place: read it again. */
export class PlaceMoved extends Error {
  override readonly name = 'PlaceMoved';
}

/** Stands for the log in places that are offsets. */
export const BY_OFFSET = 'kafka';

interface PlaceRow {
  readonly log: string;
  readonly seq: string;
  readonly next_offset: string | null;
}

/** The places of projections: `messaging.place`. */
export class Places {
  constructor(private readonly db: DataSource) {}

  /** A projection's place per log, and the Kafka offset at which to look first. */
  async of(
    projection: string,
    lane: Lane,
  ): Promise<{ readonly places: LanePlaces; readonly nextOffset: number | undefined }> {
    const rows = await this.db.query<PlaceRow[]>(
      `select log, seq, next_offset from messaging.place
       where projection = $1 and topic = $2 and partition = $3`,
      [projection, lane.topic, lane.partition],
    );
    const offsets = rows.flatMap(({ next_offset: next }) => (next === null ? [] : [Number(next)]));
    return {
      places: new Map(rows.map(({ log, seq }) => [log, Number(seq)])),
      // Every transaction takes in whatever lies before its last message, so the highest is right.
      nextOffset: offsets.length > 0 ? Math.max(...offsets) : undefined,
    };
  }

  /** A projection's places per log, by the name of the lane. */
  async ofLanes(projection: string): Promise<ReadonlyMap<string, LanePlaces>> {
    const rows = await this.db.query<(PlaceRow & Lane)[]>(
      'select topic, partition, log, seq from messaging.place where projection = $1',
      [projection],
    );
    return new Map(
      [...Map.groupBy(rows, nameOfLane)].map(([lane, places]) => [
        lane,
        new Map(places.map(({ log, seq }) => [log, Number(seq)])),
      ]),
    );
  }

  /** The places of all projections in one lane of one log. */
  async ofAll(lane: Lane, log: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.query<{ projection: string; seq: string }[]>(
      `select projection, seq from messaging.place where topic = $1 and partition = $2 and log = $3`,
      [lane.topic, lane.partition, log],
    );
    return new Map(rows.map(({ projection, seq }) => [projection, Number(seq)]));
  }

  /** By reader and lane, the offset at which it reads on. */
  async nextOffsets(
    readers: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
    const rows = await this.db.query<(Lane & { projection: string; next: string })[]>(
      `select projection, topic, partition, max(next_offset) next from messaging.place
       where projection = any($1) and next_offset is not null group by 1, 2, 3`,
      [readers],
    );
    return new Map(
      [...Map.groupBy(rows, ({ projection }) => projection)].map(([reader, lanes]) => [
        reader,
        new Map(lanes.map((lane) => [nameOfLane(lane), Number(lane.next)])),
      ]),
    );
  }

  /** In how many lanes and logs each projection has a place. */
  async countLanes(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.query<{ projection: string; n: number }[]>(
      'select projection, count(*)::int n from messaging.place group by projection',
    );
    return new Map(rows.map(({ projection, n }) => [projection, n]));
  }

  /** Lanes in which a projection has a place. */
  async lanesOf(projection: string): Promise<readonly Lane[]> {
    return this.db.query<Lane[]>(
      'select distinct topic, partition from messaging.place where projection = $1',
      [projection],
    );
  }

  /**
   * Moves the place behind `taken`, inside the transaction of the effect. Compare-and-swap against
   * the place that was read, so that of two readers only one commits; throws PlaceMoved in the
   * other, whose effect is rolled back. Locks the row only from here to the commit.
   */
  async move(
    transaction: EntityManager,
    projection: string,
    lane: Lane,
    from: LanePlaces,
    taken: readonly Taken[],
  ): Promise<void> {
    const last = new Map(taken.map((carried) => [carried.log, carried]));
    // One order in every process, against dead-locks.
    for (const [log, { seq, nextOffset }] of [...last].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      await this.#swap(transaction, [projection, lane.topic, lane.partition, log], {
        from: from.get(log),
        seq,
        nextOffset,
      });
  }

  /** The same for several lanes, in one statement where each has a place already. */
  async moveLanes(
    transaction: EntityManager,
    projection: string,
    lanes: readonly {
      readonly lane: Lane;
      readonly from: LanePlaces;
      readonly ready: readonly Taken[];
    }[],
  ): Promise<void> {
    const isPlaced = ({ from, ready }: (typeof lanes)[number]): boolean =>
      ready.every(({ log }) => from.has(log));
    for (const { lane, from, ready } of lanes.filter((each) => !isPlaced(each)))
      await this.move(transaction, projection, lane, from, ready);
    const moves = lanes.filter(isPlaced).flatMap(({ lane, from, ready }) =>
      [...new Map(ready.map((taken) => [taken.log, taken])).values()].map((taken) => ({
        ...lane,
        ...taken,
        before: from.get(taken.log),
      })),
    );
    if (moves.length === 0) return;
    const [moved] = await transaction.query<[unknown[], number]>(
      `update messaging.place p
       set seq = new.seq, next_offset = coalesce(new.next_offset, p.next_offset)
       from unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
         as new (topic, partition, log, seq, next_offset, before)
       where p.projection = $1 and p.seq = new.before
         and (p.topic, p.partition, p.log) = (new.topic, new.partition, new.log)
       returning p.seq`,
      [
        projection,
        moves.map(({ topic }) => topic),
        moves.map(({ partition }) => partition),
        moves.map(({ log }) => log),
        moves.map(({ seq }) => seq),
        moves.map(({ nextOffset }) => nextOffset ?? null),
        moves.map(({ before }) => before),
      ],
    );
    if (moved.length !== moves.length)
      throw new PlaceMoved(`the place of ${projection} moved meanwhile`);
  }

  /**
   * Writes down that a reader begins a lane of offsets, unless it has: from then on it only moves a
   * place that is there, and so cannot overlook that it was forgotten meanwhile.
   */
  async begin(reader: string, lane: Lane): Promise<void> {
    await this.db.query(
      `insert into messaging.place (projection, topic, partition, log, seq, next_offset)
       values ($1, $2, $3, $4, -1, 0) on conflict do nothing`,
      [reader, lane.topic, lane.partition, BY_OFFSET],
    );
  }

  /** A reader begins anew. */
  async forget(reader: string): Promise<void> {
    await this.db.query('delete from messaging.place where projection = $1', [reader]);
  }

  async #swap(
    transaction: EntityManager,
    key: readonly [string, string, number, string],
    to: { from: number | undefined; seq: number; nextOffset: number | undefined },
  ): Promise<void> {
    const values = [...key, to.seq, to.nextOffset ?? null];
    const rows =
      to.from === undefined
        ? await transaction.query<unknown[]>(
            `insert into messaging.place (projection, topic, partition, log, seq, next_offset)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning seq`,
            values,
          )
        : await transaction
            .query<[unknown[], number]>(
              `update messaging.place set seq = $5, next_offset = coalesce($6, next_offset)
               where projection = $1 and topic = $2 and partition = $3 and log = $4 and seq = $7
               returning seq`,
              [...values, to.from],
            )
            .then(([updated]) => updated);
    if (rows.length !== 1) throw new PlaceMoved(`the place of ${key[0]} moved meanwhile`);
  }
}
