import { Client } from 'pg';
import { EMPTY_ROOT, type Tile, Tree } from '#merkle';
import {
  checkEntry,
  entryPage,
  readEntry,
  type Report,
  type Violation,
  VIOLATIONS_MAX,
} from './check-entry.js';
import { checkKeys } from './check-keys.js';
import { type Published, PublishedCheck } from './check-published.js';
import { copyOut } from './copy-out.js';
import { isEdgeOf } from './stored-edge.js';

const PAGE = 2_000;

export interface LogCheck {
  /** Entries that are there. */
  readonly size: number;
  /** Hex, recomputed from their bytes. */
  readonly root: string;
  /** Empty if all is well. */
  readonly violations: readonly Violation[];
}

type OnProgress = (done: number, total: number) => void;

interface CheckOptions {
  readonly databaseUrl: string;
  readonly name: string;
  readonly onProgress?: OnProgress;
  /** Checkpoints that were published and kept: the log must still begin with them. */
  readonly published?: readonly Published[];
}

/**
 * Recomputes a log from its leaf bytes: every hash, column, tile, the edge, the root, the keys of
 * intake events, and that numbers and versions are dense. Returns what does not fit, in plain
 * words. Reads one snapshot, so it may run beside writers. Throws if the database is away.
 */
export const checkLog = async (options: CheckOptions): Promise<LogCheck> => {
  const [client, beside] = await Promise.all([
    open(options.databaseUrl),
    open(options.databaseUrl),
  ]);
  try {
    await showSameMoment(client, beside);
    return await check(client, beside, options);
  } finally {
    await Promise.all([client.end(), beside.end()]);
  }
};

const open = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const SNAPSHOT = 'begin isolation level repeatable read read only';

/** Lets two connections see what was committed at one moment. */
const showSameMoment = async (client: Client, beside: Client): Promise<void> => {
  await client.query(SNAPSHOT);
  const { rows } = await client.query<{ id: string }>('select pg_export_snapshot() as id');
  await beside.query(SNAPSHOT);
  await beside.query(`set transaction snapshot ${beside.escapeLiteral(rows[0]?.id ?? '')}`);
};

const check = async (
  client: Client,
  beside: Client,
  { name, published: kept = [], onProgress = () => undefined }: CheckOptions,
): Promise<LogCheck> => {
  const violations: Violation[] = [];
  const report: Report = (violation) => {
    if (violations.length < VIOLATIONS_MAX) violations.push(violation);
  };
  const published = new PublishedCheck(kept);
  const state = await readState(client, name);
  // PostgreSQL compares keys with entries while they are looked at here.
  const [ofKeys, { tree, isDense }] = await Promise.all([
    checkKeys(beside),
    checkEntries(client, state.size, published, report, onProgress),
  ]);
  const root = tree.root();
  if (tree.size !== state.size)
    report({ what: `the state says ${state.size} entries, there are ${tree.size}` });
  if (!isDense) report({ what: 'the tree cannot be recomputed, as entries are missing' });
  else {
    if (!root.equals(state.root)) report({ what: 'the root does not fit the entries' });
    if (!isEdgeOf(tree, state.edge))
      report({ what: 'the edge of the tree does not fit the entries' });
    await checkSurplusTiles(client, tree.size, report);
    published.end(tree.size, report);
  }
  for (const violation of ofKeys) report(violation);
  return { size: tree.size, root: root.toString('hex'), violations };
};

const readState = async (client: Client, name: string) => {
  const { rows } = await client.query<{ size: string; edge: Buffer; root: Buffer }>(
    'select size, edge, root from log.state where name = $1',
    [name],
  );
  const [state = { size: '0', edge: Buffer.alloc(0), root: EMPTY_ROOT }] = rows;
  return { ...state, size: Number(state.size) };
};

/** Goes through all entries; what comes after a missing one has no place in the tree. */
const checkEntries = async (
  client: Client,
  total: number,
  published: PublishedCheck,
  report: Report,
  onProgress: OnProgress,
): Promise<{ tree: Tree; isDense: boolean }> => {
  const tree = Tree.empty();
  const versions = new Map<string, number>();
  let expected = 0;
  let isDense = true;
  const readPage = async () => {
    const hashes: Buffer[] = [];
    await copyOut(client, entryPage(expected - 1, PAGE), (row) => {
      const entry = readEntry(row);
      if (entry.seq !== expected) {
        isDense = false;
        report({ seq: entry.seq, what: missing(expected, entry.seq - 1) });
      }
      expected = entry.seq + 1;
      hashes.push(checkEntry(entry, versions, report));
    });
    return { hashes, hasPlace: isDense };
  };
  for (let page = await readPage(); page.hashes.length > 0;) {
    const { hashes, hasPlace } = page;
    // PostgreSQL sends the next page while this one finds its place in the tree.
    const next = readPage();
    // Told to whoever awaits it, if anybody still does.
    next.catch(() => undefined);
    const tiles = published.append(tree, hashes, hasPlace ? report : () => undefined);
    if (hasPlace) for (const tile of tiles) await checkTile(client, tile, report);
    onProgress(tree.size, total);
    page = await next;
  }
  return { tree, isDense };
};

const missing = (from: number, to: number): string =>
  from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`;

const checkTile = async (
  client: Client,
  { level, index, hashes }: Tile,
  report: Report,
): Promise<void> => {
  const { rows } = await client.query<{ hashes: Buffer }>(
    'select hashes from log.tile where level = $1 and index = $2',
    [level, index],
  );
  if (!rows[0]) report({ what: `the tile ${level}/${index} is missing` });
  else if (!rows[0].hashes.equals(hashes))
    report({ what: `the tile ${level}/${index} does not fit the entries` });
};

const checkSurplusTiles = async (client: Client, size: number, report: Report): Promise<void> => {
  const { rows } = await client.query<{ level: number; index: string }>(
    `select level, index from log.tile
     where level < 0 or index < 0 or (index + 1) * power(256::numeric, level + 1) > $1
     order by level, index limit ${VIOLATIONS_MAX}`,
    [size],
  );
  for (const { level, index } of rows)
    report({ what: `the tile ${level}/${index} is not full and must not be there` });
};
