import { leafHash } from '#merkle';
import { type DecodedLeaf, decodeLeaf } from './leaf.js';

/** What does not fit, in plain words; `seq` where it is about one entry. */
export interface Violation {
  readonly seq?: number;
  readonly what: string;
}
export type Report = (violation: Violation) => void;

/** Times to the microsecond, as a Date would hide the last three digits. */
const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** A page of entries: $1 the last seq before it, $2 how many. */
export const ENTRY_PAGE = `
  select seq, id, kind, topic, provider, alias, stream, version, dedup, content_mac, leaf,
    leaf_hash, to_char(time at time zone 'utc', ${TIME}) as time,
    to_char(recorded_at at time zone 'utc', ${TIME}) as recorded_at
  from log.entry where seq > $1 order by seq limit $2`;

export interface EntryRow {
  readonly seq: string;
  readonly id: string;
  readonly kind: string;
  readonly topic: string;
  readonly time: string | null;
  readonly recorded_at: string | null;
  readonly provider: string | null;
  readonly alias: string | null;
  readonly stream: string | null;
  readonly version: number | null;
  readonly dedup: string | null;
  readonly content_mac: Buffer | null;
  readonly leaf: Buffer;
  readonly leaf_hash: Buffer;
}

/**
 * Checks one row by itself and against the versions of its stream so far, which it moves along.
 * Returns the hash of the bytes that are there.
 */
export const checkEntry = (
  row: EntryRow,
  versions: Map<string, number>,
  report: Report,
): Buffer => {
  const seq = Number(row.seq);
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

const readLeaf = (bytes: Uint8Array): DecodedLeaf | undefined => {
  try {
    return decodeLeaf(bytes);
  } catch {
    return undefined;
  }
};

const microseconds = (time: string): string => time.replace(/Z$/u, '000Z');

/** 48 bits of milliseconds, as intakeKeys writes them. */
const dedupTime = (time: string): string =>
  Math.max(Date.parse(time), 0).toString(16).padStart(12, '0');

const differing = (row: EntryRow, leaf: DecodedLeaf): readonly string[] => {
  const dedup = row.dedup?.replaceAll('-', '').slice(0, 12) ?? null;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['id', row.id, leaf.id],
    ['kind', row.kind, leaf.kind],
    ['topic', row.topic, leaf.topic],
    ['time', row.time, microseconds(leaf.time)],
    ['recorded_at', row.recorded_at, microseconds(leaf.recordedAt)],
    ['provider', row.provider, leaf.provider ?? null],
    ['alias', row.alias, leaf.alias ?? null],
    ['stream', row.stream, leaf.stream ?? null],
    ['version', row.version, leaf.version ?? null],
    ['content_mac', row.content_mac?.toString('hex') ?? null, leaf.contentMac ?? null],
    ['dedup', dedup, leaf.contentMac === undefined ? null : dedupTime(leaf.time)],
  ];
  return pairs.filter(([, column, said]) => column !== said).map(([name]) => name);
};
