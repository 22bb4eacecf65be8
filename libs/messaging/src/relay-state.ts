import type { DataSource } from 'typeorm';
import type { HeldConnection, VerbatimEntry } from '#log';
import { nameOfLane } from './due.js';
import { laneFor, type Placed, toRecord } from './kafka-record.js';

/** How far a log was published: the cursor, and the last seq in each partition of each topic. */
export interface RelayState {
  readonly cursor: number;
  /** By `topic/partition`. */
  readonly last: ReadonlyMap<string, number>;
}

/** Another relay has published meanwhile: we are not the one any more. */
export class RelayOvertaken extends Error {
  override readonly name = 'RelayOvertaken';
}

/** What to publish, and how far it brings the log. */
export interface Staged {
  readonly records: readonly Placed[];
  readonly next: RelayState;
}

interface PartitionRow {
  readonly topic: string;
  readonly partition: number;
  readonly last_seq: string;
}
/**
 * The records for these entries and the state once they are published. The same state and entries
 * always give the same records, however they are cut into batches: publishing twice says the same.
 */
export const stage = (state: RelayState, entries: readonly VerbatimEntry[]): Staged => {
  const last = new Map(state.last);
  const records = entries.map((entry) => {
    const lane = laneFor(entry);
    const name = nameOfLane(lane);
    const record = toRecord(entry, lane, last.get(name) ?? -1);
    last.set(name, entry.seq);
    return record;
  });
  return { records, next: { cursor: entries.at(-1)?.seq ?? state.cursor, last } };
};

export const loadRelayState = async (db: HeldConnection, log: string): Promise<RelayState> => {
  await db.query(
    'insert into messaging.relay_cursor (log, seq) values ($1, -1) on conflict do nothing',
    [log],
  );
  const cursor = await cursorOf(db, log);
  const rows = await db.query<PartitionRow>(
    'select topic, partition, last_seq from messaging.relay_partition where log = $1',
    [log],
  );
  return {
    cursor,
    last: new Map(rows.map((row) => [nameOfLane(row), Number(row.last_seq)])),
  };
};

const CURSOR = 'select seq from messaging.relay_cursor where log = $1';

const cursorOf = async (db: HeldConnection, log: string): Promise<number> => {
  const [row] = await db.query<{ seq: string }>(CURSOR, [log]);
  return Number(row?.seq ?? -1);
};

/**
 * Forgets what was published: the whole log is published again, each record as it was before. A
 * relay that runs finds its cursor moved, and begins again from here.
 */
export const forgetRelayState = async (db: DataSource, log: string): Promise<void> =>
  db.transaction(async (transaction) => {
    await transaction.query('delete from messaging.relay_partition where log = $1', [log]);
    await transaction.query('update messaging.relay_cursor set seq = -1 where log = $1', [log]);
  });

/** The last seq that was published; -1 for none. */
export const publishedUpTo = async (db: DataSource, log: string): Promise<number> => {
  const [row] = await db.query<{ seq: string }[]>(CURSOR, [log]);
  return Number(row?.seq ?? -1);
};

/** Whether we still are where we think. Throws RelayOvertaken. */
export const checkRelayState = async (
  db: HeldConnection,
  log: string,
  { cursor }: RelayState,
): Promise<void> => {
  if ((await cursorOf(db, log)) !== cursor)
    throw new RelayOvertaken(`the cursor of ${log} was moved`);
};

/**
 * Writes down, in one statement, that what lies between the states was published. Throws
 * RelayOvertaken.
 */
export const saveRelayState = async (
  db: HeldConnection,
  log: string,
  from: RelayState,
  to: RelayState,
): Promise<void> => {
  const changed = [...to.last].filter(([lane, seq]) => from.last.get(lane) !== seq);
  const moved = await db.query(
    `with moved as (
       update messaging.relay_cursor set seq = $3 where log = $1 and seq = $2 returning log
     ), partitions as (
       insert into messaging.relay_partition (log, topic, partition, last_seq)
       select log, lane.* from moved, unnest($4::text[], $5::int[], $6::bigint[]) lane
       on conflict (log, topic, partition) do update set last_seq = excluded.last_seq
     )
     select log from moved`,
    [
      log,
      from.cursor,
      to.cursor,
      changed.map(([lane]) => lane.slice(0, lane.lastIndexOf('/'))),
      changed.map(([lane]) => Number(lane.slice(lane.lastIndexOf('/') + 1))),
      changed.map(([, seq]) => seq),
    ],
  );
  if (moved.length !== 1) throw new RelayOvertaken(`another relay publishes the log ${log}`);
};
