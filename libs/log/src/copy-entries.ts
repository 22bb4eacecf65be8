import { once } from 'node:events';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { topicOf } from '#contracts';
import type { Tile } from '#merkle';
import { BinaryRows } from './binary-copy.js';
import type { PlacedEntry } from './place-entries.js';

const copy = async (client: Client, statement: string, rows: BinaryRows): Promise<void> => {
  const stream = client.query(copyFrom(`copy ${statement} from stdin (format binary)`));
  // A connection that ends reports it once more, when nobody listens any longer.
  stream.on('error', () => undefined);
  stream.end(rows.end());
  await once(stream, 'finish');
};

/** Copies the rows of entries; `schema` is another one only where a copy is measured. */
export const copyEntries = async (
  client: Client,
  entries: readonly PlacedEntry[],
  schema = 'log',
): Promise<void> => {
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
    `${schema}.entry (seq, id, kind, topic, time, recorded_at, provider, alias, stream, version,
       dedup, content_mac, leaf, leaf_hash)`,
    rows,
  );
};

/** Copies by what intake events are known. */
export const copyIntakeKeys = async (
  client: Client,
  entries: readonly PlacedEntry[],
  schema = 'log',
): Promise<void> => {
  const keyed = entries.flatMap(({ keys, seq }) => (keys ? [{ ...keys, seq }] : []));
  if (keyed.length === 0) return;
  const rows = new BinaryRows();
  for (const { identity, seq } of keyed) rows.row(2).bytes(identity).int8(seq);
  await copy(client, `${schema}.intake_key (identity, seq)`, rows);
};

/** Copies tiles that became full. */
export const copyTiles = async (client: Client, tiles: readonly Tile[]): Promise<void> => {
  if (tiles.length === 0) return;
  const rows = new BinaryRows();
  for (const { level, index, hashes } of tiles) rows.row(3).int4(level).int8(index).bytes(hashes);
  await copy(client, 'log.tile (level, index, hashes)', rows);
};
