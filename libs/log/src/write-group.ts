import type { Client } from 'pg';
import { failpoint } from '#kernel';
import { type Topic, topicOf } from '#contracts';
import type { Tree } from '#merkle';
import { isUniqueViolation } from './connection.js';
import { entryRows, tileRows } from './copy-entries.js';
import { copyIn } from './copy-in.js';
import { lockTree, moveState } from './log-state.js';
import type { LogGuard } from './log-guard.js';
import {
  type Known,
  type KnownIntake,
  type Placed,
  type PlacedEntry,
  placeEntries,
} from './place-entries.js';
import type { PreparedEntry } from './prepare-entry.js';
import type { PreparedCall } from './prepared-call.js';

/**
 * How long a group behind another one waits for a lock. Only another process can hold one that it
 * needs, and that process may be waiting for this one.
 */
const BEHIND_WAITS_MS = 250;

export interface GroupResult {
  /** What became of each call, in order. */
  readonly placed: readonly Placed[];
  /** The tree as it is committed now. */
  readonly tree: Tree;
  /** How many entries were added. */
  readonly added: number;
  /** Whether something of it was known already. */
  readonly hadRepeats: boolean;
}

/** What the writer knows before it begins: the hope that makes the common case cheap. */
export interface Held {
  /** The tree as it was last seen committed; undefined if it is not known. */
  readonly tree: Tree | undefined;
  /** Whether there may be repeats in the group: then they are looked up first. */
  readonly expectsRepeats: boolean;
}

/**
 * Writes a group of calls in one transaction: everything or nothing. Repeats are rare, so at first
 * the unique keys are relied on to find one, and only if they do, or if repeats are expected, it
 * is looked up what is known. After an error nothing is known: the transaction must be rolled back
 * or the connection given up, and `held` forgotten.
 */
export const writeGroup = async (
  client: Client,
  name: string,
  held: Held,
  calls: readonly PreparedCall[],
  guard: LogGuard,
): Promise<GroupResult> => {
  if (!held.expectsRepeats && !calls.some(mayContradictItself)) {
    try {
      return await writeMany(client, name, calls, { held: held.tree, lookUp: noneIsKnown, guard });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await client.query('rollback');
    }
  }
  return writeMany(client, name, calls, { held: held.tree, lookUp: findIntake, guard });
};

/** Nothing is looked up: the unique keys find what is known after all. */
export const noneIsKnown: typeof findIntake = () => Promise.resolve(new Map());

/** A repeat of an intake event that begins a stream is a repeat, not a stream that moved. */
const mayContradictItself = ({ entries }: PreparedCall): boolean =>
  entries.some(({ keys, entry }) => keys !== undefined && entry.stream !== undefined);

/** A group that is being written ahead of this one, from which this one goes on. */
export interface Ahead {
  /** The tree as that group leaves it. */
  readonly tree: Tree;
  /** Returns once it is committed. Throws if it is not, or if nobody can tell. */
  readonly committed: () => Promise<void>;
}

/** What writeMany needs beside the calls. */
interface Many {
  readonly held: Tree | undefined;
  readonly lookUp: typeof findIntake;
  readonly guard: LogGuard;
  /** Given, the state is not locked: it is moved as soon as that group has moved it. */
  readonly ahead?: Ahead;
  /** Called once places are given: how large the log was, and the tree that is to be. */
  readonly onPlaced?: (from: number, tree: Tree) => void;
}

/**
 * In this order: lock the state, refuse one that is behind what was published, look up what is
 * known, copy rows, keys and full tiles, move the state, commit. Behind a group that is on its way,
 * the lock is that group's: the state is moved once it has committed, and only from where it left
 * it.
 */
export const writeMany = async (
  client: Client,
  name: string,
  calls: readonly PreparedCall[],
  { held, lookUp, guard, ahead, onPlaced }: Many,
): Promise<GroupResult> => {
  await client.query('begin');
  if (ahead) await client.query(`set local lock_timeout = ${BEHIND_WAITS_MS}`);
  const tree = ahead ? ahead.tree.clone() : await lockTree(client, name, held);
  await failpoint('log.after-lock');
  guard.check(tree.size);
  const from = tree.size;
  const root = tree.root();
  const all = calls.flatMap(({ entries }) => entries);
  const known: Known = {
    nextSeq: from,
    intake: await lookUp(client, all),
    versions: await findVersions(client, all),
  };
  const placed = calls.map((call) => placeEntries(call.entries, known, call));
  const entries = entriesOf(placed);
  const tiles = tree.append(entries.map(({ leafHash }) => leafHash));
  onPlaced?.(from, tree);
  await copyIn(client, [...entryRows(entries), ...tileRows(tiles)]);
  await failpoint('log.after-rows');
  await ahead?.committed();
  await failpoint('log.before-move');
  guard.check(from);
  if (entries.length > 0) await moveState(client, name, { size: from, root }, tree, tiles);
  await failpoint('log.before-commit');
  await client.query('commit');
  await failpoint('log.after-commit');
  return resultOf(placed, tree);
};

/** What is added by calls that found these places. */
export const entriesOf = (placed: readonly Placed[]): readonly PlacedEntry[] =>
  placed.flatMap((call) => ('entries' in call ? call.entries : []));

/** What became of a group whose calls found these places. */
export const resultOf = (placed: readonly Placed[], tree: Tree): GroupResult => ({
  placed,
  tree,
  added: entriesOf(placed).length,
  hadRepeats: placed.some(
    (call) => 'refused' in call || call.answers.some(({ status }) => status !== 'recorded'),
  ),
});

/** What was added to. */
export const topicsOf = (placed: readonly Placed[]): ReadonlySet<Topic> => {
  const topics = new Set<Topic>();
  for (const call of placed)
    if ('entries' in call) for (const { entry } of call.entries) topics.add(topicOf[entry.kind]);
  return topics;
};

/** The narrow table tells which are known; only those entries are looked at. */
const findIntake = async (
  client: Client,
  entries: readonly PreparedEntry[],
): Promise<Map<string, KnownIntake>> => {
  const identities = entries.flatMap(({ keys }) =>
    keys ? [Buffer.from(keys.identity, 'latin1')] : [],
  );
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
    found.set(identity.toString('latin1'), {
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
