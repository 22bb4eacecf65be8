import type { Client } from 'pg';
import type { Tree } from '#merkle';
import type { AppendOptions } from './log.js';
import { copyEntries, copyIntakeKeys, copyTiles } from './copy-entries.js';
import { lockTree, moveState } from './log-state.js';
import { type Known, type KnownIntake, type Placed, placeEntries } from './place-entries.js';
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
