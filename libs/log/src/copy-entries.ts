import { topicOf } from '#contracts';
import type { Tile } from '#merkle';
import { BinaryRows } from './binary-copy.js';
import type { Copy } from './copy-in.js';
import type { PlacedEntry } from './place-entries.js';

const KEY_ROW_BYTES = 34;

/** The rows of entries, and by what intake events are known; `schema` is another only in a bench. */
export const entryRows = (entries: readonly PlacedEntry[], schema = 'log'): readonly Copy[] => {
  const rows = BinaryRows.roomFor(entries, ({ leaf }) => leaf.length);
  const keyRows = new BinaryRows(KEY_ROW_BYTES * entries.length);
  let keyed = 0;
  for (const { entry, recordedAt, seq, leaf, leafHash, keys } of entries) {
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
      .latin1(keys?.dedup)
      .bytes(entry.intake?.contentMac)
      .bytes(leaf)
      .bytes(leafHash);
    if (!keys) continue;
    keyRows.row(2).latin1(keys.identity).int8(seq);
    keyed += 1;
  }
  const copy = {
    into: `${schema}.entry (seq, id, kind, topic, time, recorded_at, provider, alias, stream,
      version, dedup, content_mac, leaf, leaf_hash)`,
    rows: rows.end(),
  };
  const keys = { into: `${schema}.intake_key (identity, seq)`, rows: keyRows.end() };
  return keyed > 0 ? [copy, keys] : [copy];
};

/** Rows of tiles that became full. */
export const tileRows = (tiles: readonly Tile[]): readonly Copy[] => {
  if (tiles.length === 0) return [];
  const rows = new BinaryRows();
  for (const { level, index, hashes } of tiles) rows.row(3).int4(level).int8(index).bytes(hashes);
  return [{ into: 'log.tile (level, index, hashes)', rows: rows.end() }];
};
