import { Client, type QueryResult } from 'pg';
import { EMPTY_ROOT, encodeEdge, type Tile, Tree } from '#merkle';
import {
  checkEntry,
  ENTRY_PAGE,
  type EntryRow,
  type Report,
  type Violation,
} from './check-entry.js';
import { type Published, PublishedCheck } from './check-published.js';

const PAGE = 2_000;
/** More are not listed: they say nothing new. */
export const VIOLATIONS_MAX = 1_000;

export interface LogCheck {
  /** Entries that are there. */
  readonly size: number;
  /** Hex, recomputed from their bytes. */
  readonly root: string;
  /** Empty if all is well. */
  readonly violations: readonly Violation[];
}

type OnProgress = (done: number, total: number) => void;

/**
 * Recomputes a log from its leaf bytes: every hash, column, tile, the edge, the root, the keys of
 * intake events, and that numbers and versions are dense. Returns what does not fit, in plain
 * words. Reads one snapshot, so it may run beside writers. Throws if the database is away.
 */
export const checkLog = async (options: {
  readonly databaseUrl: string;
  readonly name: string;
  readonly onProgress?: OnProgress;
  /** Checkpoints that were published and kept: the log must still begin with them. */
  readonly published?: readonly Published[];
}): Promise<LogCheck> => {
  const client = new Client({ connectionString: options.databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const published = new PublishedCheck(options.published ?? []);
    return await check(client, options.name, published, options.onProgress ?? (() => undefined));
  } finally {
    await client.end();
  }
};

const check = async (
  client: Client,
  name: string,
  published: PublishedCheck,
  onProgress: OnProgress,
): Promise<LogCheck> => {
  const violations: Violation[] = [];
  const report: Report = (violation) => {
    if (violations.length < VIOLATIONS_MAX) violations.push(violation);
  };
  const state = await readState(client, name);
  const { tree, isDense } = await checkEntries(client, state.size, published, report, onProgress);
  const root = tree.root();
  if (tree.size !== state.size)
    report({ what: `the state says ${state.size} entries, there are ${tree.size}` });
  if (!isDense) report({ what: 'the tree cannot be recomputed, as entries are missing' });
  else {
    if (!root.equals(state.root)) report({ what: 'the root does not fit the entries' });
    if (!encodeEdge(tree.edge).equals(state.edge))
      report({ what: 'the edge of the tree does not fit the entries' });
    await checkSurplusTiles(client, tree.size, report);
    published.end(tree.size, report);
  }
  await checkIntakeKeys(client, report);
  await checkIds(client, report);
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
  for await (const rows of pages(client)) {
    const hashes = rows.map((row) => {
      const seq = Number(row.seq);
      if (seq !== expected) {
        isDense = false;
        report({ seq, what: missing(expected, seq - 1) });
      }
      expected = seq + 1;
      return checkEntry(row, versions, report);
    });
    const tiles = published.append(tree, hashes, isDense ? report : () => undefined);
    if (isDense) for (const tile of tiles) await checkTile(client, tile, report);
    onProgress(tree.size, total);
  }
  return { tree, isDense };
};

/** All entries in order; the next page is on its way while one is looked at. */
async function* pages(client: Client): AsyncGenerator<readonly EntryRow[]> {
  const read = (after: string): Promise<QueryResult<EntryRow>> => {
    const page = client.query<EntryRow>(ENTRY_PAGE, [after, PAGE]);
    // Told to whoever awaits it, if anybody still does.
    page.catch(() => undefined);
    return page;
  };
  for (let next = read('-1'); ;) {
    const { rows } = await next;
    const last = rows.at(-1);
    if (!last) return;
    next = read(last.seq);
    yield rows;
  }
}

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

/** A lost key would let the same event in twice. */
const checkIntakeKeys = async (client: Client, report: Report): Promise<void> => {
  const { rows } = await client.query<{ seq: string; has_key: boolean; has_entry: boolean }>(
    `select coalesce(e.seq, k.seq) as seq, k.seq is not null as has_key,
       e.dedup is not null as has_entry
     from log.entry e full join log.intake_key k on k.seq = e.seq
     where (e.dedup is null) <> (k.seq is null)
       or substr(uuid_send(e.dedup), 7) <> substr(k.identity, 1, 10)
     order by 1 limit ${VIOLATIONS_MAX}`,
  );
  for (const { seq, has_key, has_entry } of rows) {
    if (!has_key) report({ seq: Number(seq), what: 'the key of the intake event is missing' });
    else if (has_entry)
      report({ seq: Number(seq), what: 'the key of the intake event is another' });
    else report({ seq: Number(seq), what: 'a key of an intake event leads to no such event' });
  }
};

const checkIds = async (client: Client, report: Report): Promise<void> => {
  const { rows } = await client.query<{ seq: string }>(
    `select max(seq) as seq from log.entry group by id having count(*) > 1
     order by 1 limit ${VIOLATIONS_MAX}`,
  );
  for (const { seq } of rows)
    report({ seq: Number(seq), what: 'an earlier entry has the same id' });
};
