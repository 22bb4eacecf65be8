import type { Client } from 'pg';
import { topicOf } from '#contracts';
import { failpoint } from '#kernel';
import type { Tile, Tree } from '#merkle';
import { binaryArray, int4, int8, latin1, textArray, timestamptz } from './binary-array.js';
import { type PlacedEntry, placeEntries } from './place-entries.js';
import type { PreparedCall } from './prepared-call.js';
import { edgeToStore } from './stored-edge.js';
import { entriesOf, type GroupResult, resultOf } from './write-group.js';

/** More are copied, which costs five round trips, and less for each entry. */
export const FEW_ENTRIES_MAX = 64;

/**
 * One statement is one transaction. Where the state is not as expected, nothing is added. Prepared
 * once per connection.
 */
const WRITE = {
  name: 'log-write-few',
  text: `
    with moved as (
      update log.state set size = $3, edge = coalesce($4, edge), root = $5
      where name = $1 and size = $2 and root = $6 returning size
    ), added as (
      insert into log.entry (seq, id, kind, topic, time, recorded_at, provider, alias, dedup,
        content_mac, leaf, leaf_hash)
      select * from unnest($7::bigint[], $8::text[], $9::text[], $10::text[], $11::timestamptz[],
        $12::timestamptz[], $13::text[], $14::text[], $15::uuid[], $16::bytea[], $17::bytea[],
        $18::bytea[]) where exists (select from moved)
    ), keyed as (
      insert into log.intake_key (identity, seq)
      select * from unnest($19::bytea[], $20::bigint[]) where exists (select from moved)
    ), tiled as (
      insert into log.tile (level, index, hashes)
      select * from unnest($21::int[], $22::bigint[], $23::bytea[]) where exists (select from moved)
    )
    select from moved`,
};

/**
 * Writes a small group without streams in one statement, in the hope that nothing of it is known and
 * that the log is as `held` says when the statement runs; both are checked by it. Out: what became of
 * the group; undefined if the log was another. Throws what the connection throws, and a unique
 * violation where something is known. Unless it was the connection's end, nothing was changed then.
 */
export const writeFew = async (
  client: Client,
  name: string,
  held: Tree,
  calls: readonly PreparedCall[],
): Promise<GroupResult | undefined> => {
  const known = { nextSeq: held.size, intake: new Map(), versions: new Map() };
  const placed = calls.map((call) => placeEntries(call.entries, known, call));
  const entries = entriesOf(placed);
  const tree = held.clone();
  const tiles = tree.append(entries.map(({ leafHash }) => leafHash));
  await failpoint('log.before-few');
  const { rowCount } = await client.query({
    ...WRITE,
    values: [
      name,
      held.size,
      tree.size,
      edgeToStore(tree, tiles),
      tree.root(),
      held.root(),
      ...columnsOf(entries),
      ...keyColumnsOf(entries.filter(({ keys }) => keys)),
      ...tileColumnsOf(tiles),
    ],
  });
  await failpoint('log.after-few');
  return rowCount === 1 ? resultOf(placed, tree) : undefined;
};

const columnsOf = (entries: readonly PlacedEntry[]): readonly Buffer[] => [
  binaryArray('int8', entries, ({ seq }) => int8(seq)),
  textArray(entries, ({ entry }) => entry.id),
  textArray(entries, ({ entry }) => entry.kind),
  textArray(entries, ({ entry }) => topicOf[entry.kind]),
  binaryArray('timestamptz', entries, ({ entry }) => timestamptz(entry.time)),
  binaryArray('timestamptz', entries, ({ recordedAt }) => timestamptz(recordedAt)),
  textArray(entries, ({ entry }) => entry.provider),
  textArray(entries, ({ entry }) => entry.alias),
  binaryArray('uuid', entries, ({ keys }) => latin1(keys?.dedup)),
  binaryArray('bytea', entries, ({ entry }) => entry.intake?.contentMac),
  binaryArray('bytea', entries, ({ leaf }) => leaf),
  binaryArray('bytea', entries, ({ leafHash }) => leafHash),
];

const keyColumnsOf = (entries: readonly PlacedEntry[]): readonly Buffer[] => [
  binaryArray('bytea', entries, ({ keys }) => latin1(keys?.identity)),
  binaryArray('int8', entries, ({ seq }) => int8(seq)),
];

const tileColumnsOf = (tiles: readonly Tile[]): readonly Buffer[] => [
  binaryArray('int4', tiles, ({ level }) => int4(level)),
  binaryArray('int8', tiles, ({ index }) => int8(index)),
  binaryArray('bytea', tiles, ({ hashes }) => hashes),
];
