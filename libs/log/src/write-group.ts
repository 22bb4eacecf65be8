import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ConcurrencyError } from '#kernel';
import { topicOf } from '#contracts';
import { EMPTY_ROOT, encodeEdge, leafHash, type Tile, type Tree } from '#merkle';
import { encodeRows, int4, int8, text, timestamptz } from './binary-copy.js';
import { encodeLeaf, type IntakeKeys, intakeKeys } from './leaf.js';
import type { Appended, NewEntry } from './log.js';

/** One call of append, waiting for its answer. */
export interface Call {
  readonly entries: readonly NewEntry[];
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Somebody else moved the log's state: reload it and write the group again. */
export class StateMoved extends Error {}

interface Row {
  readonly entry: NewEntry;
  readonly seq: number;
  readonly leaf: Buffer;
  readonly hash: Buffer;
  readonly keys: IntakeKeys | undefined;
}

export interface GroupResult {
  /** For each call its answers, or why it alone was refused. */
  readonly answers: readonly (readonly Appended[] | Error)[];
  readonly rows: number;
}

interface Known {
  readonly id: string;
  readonly seq: number;
  readonly leafHash: string;
  readonly contentMac: Uint8Array;
}

/**
 * Writes a group of calls in one transaction, in this order: move the state by compare-and-swap
 * (which is also the lock), look up what is known, copy the rows and keys, write full tiles,
 * commit. `tree` is moved along; after an error it must be thrown away.
 */
export const writeGroup = async (
  client: pg.Client,
  name: string,
  tree: Tree,
  calls: readonly Call[],
  identityKey: Uint8Array,
  now: Date,
): Promise<GroupResult> => {
  await client.query('begin');
  await lockState(client, name, tree.size);
  const keys = calls.map(({ entries }) =>
    entries.map(
      ({ intake, time }) => intake && intakeKeys(identityKey, intake.source, intake.eventId, time),
    ),
  );
  const known = await knownIntake(client, keys.flat());
  const versions = await streamVersions(client, calls);
  const rows: Row[] = [];
  const answers = calls.map((call, n) =>
    placeCall(call, keys[n] ?? [], { known, versions, rows, nextSeq: tree.size, now }),
  );
  if (rows.length > 0) {
    const tiles = tree.append(rows.map(({ hash }) => hash));
    await copyRows(client, rows, now);
    await writeTiles(client, tiles);
    await moveState(client, name, tree);
  }
  await client.query('commit');
  return { answers, rows: rows.length };
};

/** The row lock makes writers of other processes wait here, and find the state moved after. */
const lockState = async (client: pg.Client, name: string, size: number): Promise<void> => {
  const select = async (): Promise<string | undefined> =>
    (
      await client.query<{ size: string }>(
        'select size from log.state where name = $1 for update',
        [name],
      )
    ).rows[0]?.size;
  let found = await select();
  if (found === undefined) {
    await client.query(
      `insert into log.state (name, size, edge, root) values ($1, 0, $2, $3)
       on conflict do nothing`,
      [name, Buffer.alloc(0), EMPTY_ROOT],
    );
    found = await select();
  }
  if (Number(found) !== size) throw new StateMoved();
};

const moveState = async (client: pg.Client, name: string, tree: Tree): Promise<void> => {
  await client.query('update log.state set size = $2, edge = $3, root = $4 where name = $1', [
    name,
    tree.size,
    encodeEdge(tree.edge),
    tree.root(),
  ]);
};

const knownIntake = async (
  client: pg.Client,
  keys: readonly (IntakeKeys | undefined)[],
): Promise<Map<string, Known>> => {
  const identities = keys.flatMap((key) => (key ? [key.identity] : []));
  if (identities.length === 0) return new Map();
  const { rows } = await client.query<{
    identity: Buffer;
    id: string;
    seq: string;
    leaf_hash: Buffer;
    content_mac: Buffer;
  }>(
    `select k.identity, e.id, e.seq, e.leaf_hash, e.content_mac
     from log.intake_key k join log.entry e using (seq) where k.identity = any($1)`,
    [identities],
  );
  return new Map(
    rows.map(({ identity, id, seq, leaf_hash, content_mac }) => [
      identity.toString('hex'),
      { id, seq: Number(seq), leafHash: leaf_hash.toString('hex'), contentMac: content_mac },
    ]),
  );
};

const streamVersions = async (
  client: pg.Client,
  calls: readonly Call[],
): Promise<Map<string, number>> => {
  const streams = new Set(
    calls.flatMap(({ entries }) => entries.flatMap(({ stream }) => (stream ? [stream] : []))),
  );
  if (streams.size === 0) return new Map();
  const { rows } = await client.query<{ stream: string; version: number }>(
    'select stream, max(version) as version from log.entry where stream = any($1) group by stream',
    [[...streams]],
  );
  return new Map(rows.map(({ stream, version }) => [stream, version]));
};

interface Placing {
  readonly known: Map<string, Known>;
  readonly versions: Map<string, number>;
  readonly rows: Row[];
  readonly nextSeq: number;
  readonly now: Date;
}

/** Gives the entries of one call their places, or refuses the call and leaves no trace of it. */
const placeCall = (
  { entries }: Call,
  keys: readonly (IntakeKeys | undefined)[],
  placing: Placing,
): readonly Appended[] | Error => {
  const { known, versions, rows, nextSeq, now } = placing;
  const fresh: Row[] = [];
  const freshKnown = new Map<string, Known>();
  const freshVersions = new Map<string, number>();
  const appended: Appended[] = [];
  for (const [n, entry] of entries.entries()) {
    const identity = keys[n]?.identity.toString('hex');
    const earlier = identity && (freshKnown.get(identity) ?? known.get(identity));
    if (earlier && entry.intake) {
      appended.push({ ...repeat(earlier, entry.intake.contentMac) });
      continue;
    }
    if (entry.stream !== undefined) {
      const at = freshVersions.get(entry.stream) ?? versions.get(entry.stream) ?? 0;
      if (entry.version !== at + 1) return new ConcurrencyError(entry.stream);
      freshVersions.set(entry.stream, entry.version);
    }
    const seq = nextSeq + rows.length + fresh.length;
    let leaf: Buffer;
    try {
      leaf = encodeLeaf(entry, now);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    const hash = leafHash(leaf);
    const answer = { id: entry.id, seq, leafHash: hash.toString('hex') };
    fresh.push({ entry, seq, leaf, hash, keys: keys[n] });
    if (identity && entry.intake)
      freshKnown.set(identity, { ...answer, contentMac: entry.intake.contentMac });
    appended.push({ status: 'recorded', ...answer });
  }
  rows.push(...fresh);
  for (const [identity, entry] of freshKnown) known.set(identity, entry);
  for (const [stream, version] of freshVersions) versions.set(stream, version);
  return appended;
};

const repeat = ({ contentMac, ...earlier }: Known, mac: Uint8Array): Appended => ({
  status:
    contentMac.length === mac.length && timingSafeEqual(contentMac, mac) ? 'duplicate' : 'conflict',
  ...earlier,
});

const copy = async (client: pg.Client, statement: string, data: Buffer): Promise<void> => {
  const stream = client.query(copyFrom(statement));
  stream.end(data);
  await once(stream, 'finish');
};

const copyRows = async (client: pg.Client, rows: readonly Row[], now: Date): Promise<void> => {
  await copy(
    client,
    `copy log.entry (seq, id, kind, topic, time, recorded_at, provider, alias, stream, version,
       dedup, content_mac, leaf, leaf_hash) from stdin (format binary)`,
    encodeRows(
      rows.map(({ entry, seq, leaf, hash, keys }) => [
        int8(seq),
        text(entry.id),
        text(entry.kind),
        text(topicOf[entry.kind]),
        timestamptz(entry.time),
        timestamptz(now),
        text(entry.provider),
        text(entry.alias),
        text(entry.stream),
        int4(entry.version),
        keys?.dedup,
        entry.intake && Buffer.from(entry.intake.contentMac),
        leaf,
        hash,
      ]),
    ),
  );
  const identities = rows.flatMap(({ keys, seq }) => (keys ? [[keys.identity, int8(seq)]] : []));
  if (identities.length > 0)
    await copy(
      client,
      'copy log.intake_key (identity, seq) from stdin (format binary)',
      encodeRows(identities),
    );
};

const writeTiles = async (client: pg.Client, tiles: readonly Tile[]): Promise<void> => {
  if (tiles.length === 0) return;
  await copy(
    client,
    'copy log.tile (level, index, hashes) from stdin (format binary)',
    encodeRows(tiles.map(({ level, index, hashes }) => [int4(level), int8(index), hashes])),
  );
};
