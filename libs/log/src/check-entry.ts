import { topicOf } from '#contracts';
import { leafHash } from '#merkle';
import type { BinaryRow } from './copy-out.js';
import { type LeafText, parseLeaf } from './leaf.js';

/** What does not fit, in plain words; `seq` where it is about one entry. */
export interface Violation {
  readonly seq?: number;
  readonly what: string;
}
export type Report = (violation: Violation) => void;

/** More are not listed: they say nothing new. */
export const VIOLATIONS_MAX = 1_000;

/** A page of entries behind a seq. */
export const entryPage = (after: number, limit: number): string => `
  select seq, id, kind, topic, time, recorded_at, provider, alias, stream, version, dedup,
    content_mac, leaf, leaf_hash
  from log.entry where seq > ${after} order by seq limit ${limit}`;

/** The bytes in it are only there until the next row. */
interface EntryRow {
  readonly seq: number;
  readonly id: string | null;
  readonly kind: string | null;
  readonly topic: string | null;
  /** Undefined for a time that no entry can say. */
  readonly time: string | null | undefined;
  readonly recorded_at: string | null | undefined;
  readonly provider: string | null;
  readonly alias: string | null;
  readonly stream: string | null;
  readonly version: number | null;
  readonly dedup: Buffer | null;
  readonly content_mac: Buffer | null;
  readonly leaf: Buffer;
  readonly leaf_hash: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Reads a row of entryPage. */
export const readEntry = (row: BinaryRow): EntryRow => ({
  seq: row.int8() ?? Number.NaN,
  id: row.text(),
  kind: row.text(),
  topic: row.text(),
  time: row.time(),
  recorded_at: row.time(),
  provider: row.text(),
  alias: row.text(),
  stream: row.text(),
  version: row.int4(),
  dedup: row.bytes(),
  content_mac: row.bytes(),
  leaf: row.bytes() ?? NOTHING,
  leaf_hash: row.bytes() ?? NOTHING,
});

/**
 * Checks one row by itself and against the versions of its stream so far, which it moves along.
 * Returns the hash of the bytes that are there.
 */
export const checkEntry = (
  row: EntryRow,
  versions: Map<string, number>,
  report: Report,
): Buffer => {
  const { seq } = row;
  const hash = leafHash(row.leaf);
  if (!hash.equals(row.leaf_hash)) report({ seq, what: 'the bytes do not fit their hash' });
  const leaf = readLeaf(row.leaf);
  if (leaf) {
    for (const column of differing(row, leaf))
      report({ seq, what: `the column ${column} is not what the entry says` });
  } else report({ seq, what: 'the bytes are not an entry' });
  if (row.stream !== null) {
    const expected = (versions.get(row.stream) ?? 0) + 1;
    if (row.version !== expected) report({ seq, what: `its stream lacks version ${expected}` });
    versions.set(row.stream, row.version ?? expected);
  }
  return hash;
};

const readLeaf = (bytes: Uint8Array): LeafText | undefined => {
  try {
    return parseLeaf(bytes);
  } catch {
    return undefined;
  }
};

const DEDUP_TIME_BYTES = 6;

/** Whether a key begins with the time, as intakeKeys writes it. */
const isDedup = ({ dedup }: EntryRow, { contentMac, time }: LeafText): boolean =>
  dedup === null || contentMac === undefined
    ? dedup === null && contentMac === undefined
    : dedup.readUIntBE(0, DEDUP_TIME_BYTES) === Math.max(Date.parse(time), 0);

const differing = (row: EntryRow, leaf: LeafText): readonly string[] => {
  const columns: string[] = [];
  const compare = (name: string, column: unknown, said: unknown): void => {
    if (column !== said) columns.push(name);
  };
  compare('id', row.id, leaf.id);
  compare('kind', row.kind, leaf.kind);
  compare('topic', row.topic, topicOf[leaf.kind]);
  compare('time', row.time, leaf.time);
  compare('recorded_at', row.recorded_at, leaf.recordedAt);
  compare('provider', row.provider, leaf.provider ?? null);
  compare('alias', row.alias, leaf.alias ?? null);
  compare('stream', row.stream, leaf.stream ?? null);
  compare('version', row.version, leaf.version ?? null);
  compare('content_mac', row.content_mac?.toString('hex') ?? null, leaf.contentMac ?? null);
  compare('dedup', isDedup(row, leaf), true);
  return columns;
};
