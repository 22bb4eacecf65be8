import { once } from 'node:events';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { topicOf } from '#contracts';
import type { Tile, Tree } from '#merkle';
import type { AppendOptions } from './log.js';
import { BinaryRows } from './binary-copy.js';
import { lockTree, moveState } from './log-state.js';
import {
  type Known,
  type KnownIntake,
  type Placed,
  type PlacedEntry,
  placeEntries,
} from './place-entries.js';
import type { PreparedEntry } from './prepare-entry.js';

/** One call of append, ready to be placed. */
export interface PreparedCall extends AppendOptions {
  readonly entries: readonly PreparedEntry[];
}

export interface GroupResult {
  /** What became of each call, in order. */
  readonly placed: readonly Placed[];
  /** The tree as it is committed now. */
  readonly tree: Tree;
  /** How many entries were added. */
  readonly added: number;
}

/**
 * Writes a group of calls in one transaction, in this order: lock the state, look up what is
 * known, copy rows and keys, write full tiles, move the state, commit. `held` is the tree as the
 * caller last saw it committed. After an error nothing is known: the transaction must be rolled
 * back or the connection given up, and `held` forgotten.
 */
export const writeGroup = async (
  client: Client,
  name: string,
  held: Tree | undefined,
  calls: readonly PreparedCall[],
): Promise<GroupResult> => {
  await client.query('begin');
  const tree = await lockTree(client, name, held);
  const from = tree.size;
  const all = calls.flatMap(({ entries }) => entries);
  const known: Known = {
    nextSeq: from,
    intake: await findIntake(client, all),
    versions: await findVersions(client, all),
  };
  const placed = calls.map((call) => placeEntries(call.entries, known, call));
  const entries = placed.flatMap((call) => ('entries' in call ? call.entries : []));
  if (entries.length > 0) {
    await copyEntries(client, entries);
    await copyIntakeKeys(client, entries);
    await copyTiles(client, tree.append(entries.map(({ leafHash }) => leafHash)));
    await moveState(client, name, from, tree);
  }
  await client.query('commit');
  return { placed, tree, added: entries.length };
};

/** Repeats are rare: the narrow table tells which there are before the entries are looked at. */
const findIntake = async (
  client: Client,
  entries: readonly PreparedEntry[],
): Promise<Map<string, KnownIntake>> => {
  const identities = entries.flatMap(({ keys }) => (keys ? [keys.identity] : []));
  const found = new Map<string, KnownIntake>();
  if (identities.length === 0) return found;
  const { rows: keys } = await client.query<{ identity: Buffer; seq: string }>(
    'select identity, seq from log.intake_key where identity = any($1)',
    [identities],
  );
  if (keys.length === 0) return found;
  const { rows } = await client.query<{
    seq: string;
    id: string;
    leaf_hash: Buffer;
    content_mac: Buffer;
  }>('select seq, id, leaf_hash, content_mac from log.entry where seq = any($1)', [
    keys.map(({ seq }) => seq),
  ]);
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  for (const { identity, seq } of keys) {
    const row = bySeq.get(seq);
    if (!row) throw new Error(`the key of an intake event leads to no entry (${seq})`);
    found.set(identity.toString('hex'), {
      id: row.id,
      seq: Number(seq),
      leafHash: row.leaf_hash.toString('hex'),
      contentMac: row.content_mac,
    });
  }
  return found;
};

const findVersions = async (
  client: Client,
  entries: readonly PreparedEntry[],
): Promise<Map<string, number>> => {
  const streams = new Set(
    entries.flatMap(({ entry }) => (entry.stream === undefined ? [] : [entry.stream])),
  );
  if (streams.size === 0) return new Map();
  const { rows } = await client.query<{ stream: string; version: number }>(
    'select stream, max(version) as version from log.entry where stream = any($1) group by stream',
    [[...streams]],
  );
  return new Map(rows.map(({ stream, version }) => [stream, version]));
};

const copy = async (client: Client, statement: string, rows: BinaryRows): Promise<void> => {
  const stream = client.query(copyFrom(`copy ${statement} from stdin (format binary)`));
  // A connection that ends reports it once more, when nobody listens any longer.
  stream.on('error', () => undefined);
  stream.end(rows.end());
  await once(stream, 'finish');
};

const copyEntries = async (client: Client, entries: readonly PlacedEntry[]): Promise<void> => {
  const rows = new BinaryRows();
  for (const { entry, recordedAt, seq, leaf, leafHash, keys } of entries)
    rows
      .row(14)
      .int8(seq)
      .text(entry.id)
      .text(entry.kind)
      .text(topicOf[entry.kind])
      .timestamptz(entry.time)
      .timestamptz(recordedAt)
      .text(entry.provider)
      .text(entry.alias)
      .text(entry.stream)
      .int4(entry.version)
      .bytes(keys?.dedup)
      .bytes(entry.intake?.contentMac)
      .bytes(leaf)
      .bytes(leafHash);
  await copy(
    client,
    `log.entry (seq, id, kind, topic, time, recorded_at, provider, alias, stream, version,
       dedup, content_mac, leaf, leaf_hash)`,
    rows,
  );
};

const copyIntakeKeys = async (client: Client, entries: readonly PlacedEntry[]): Promise<void> => {
  const keyed = entries.flatMap(({ keys, seq }) => (keys ? [{ ...keys, seq }] : []));
  if (keyed.length === 0) return;
  const rows = new BinaryRows();
  for (const { identity, seq } of keyed) rows.row(2).bytes(identity).int8(seq);
  await copy(client, 'log.intake_key (identity, seq)', rows);
};

const copyTiles = async (client: Client, tiles: readonly Tile[]): Promise<void> => {
  if (tiles.length === 0) return;
  const rows = new BinaryRows();
  for (const { level, index, hashes } of tiles) rows.row(3).int4(level).int8(index).bytes(hashes);
  await copy(client, 'log.tile (level, index, hashes)', rows);
};
