import pg from 'pg';
import { decodeEdge, EMPTY_ROOT, encodeEdge, leafHash, type Tile, Tree } from '#merkle';
import { decodeLeaf } from './leaf.js';

const PAGE = 2_000;
export const VIOLATIONS_MAX = 1_000;

export interface Violation {
  readonly seq?: number;
  readonly what: string;
}

interface Row {
  readonly seq: string;
  readonly id: string;
  readonly kind: string;
  readonly topic: string;
  readonly time: Date;
  readonly recorded_at: Date;
  readonly provider: string | null;
  readonly alias: string | null;
  readonly stream: string | null;
  readonly version: number | null;
  readonly content_mac: Buffer | null;
  readonly leaf: Buffer;
  readonly leaf_hash: Buffer;
}

/**
 * Recomputes a log from its leaf bytes: every hash, column, tile, the edge, the root, and that
 * numbers and versions are dense. Returns what does not fit, in plain words; nothing if all is
 * well. Reads one snapshot, so it may run beside writers.
 */
export const checkLog = async (options: {
  readonly databaseUrl: string;
  readonly name: string;
  readonly onProgress?: (done: number, total: number) => void;
}): Promise<{
  readonly size: number;
  readonly root: string;
  readonly violations: readonly Violation[];
}> => {
  const client = new pg.Client({ connectionString: options.databaseUrl });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    return await check(client, options.name, options.onProgress ?? (() => undefined));
  } finally {
    await client.end();
  }
};

const check = async (
  client: pg.Client,
  name: string,
  onProgress: (done: number, total: number) => void,
) => {
  const violations: Violation[] = [];
  const report = (violation: Violation): void => {
    if (violations.length < VIOLATIONS_MAX) violations.push(violation);
  };
  const { rows: states } = await client.query<{ size: string; edge: Buffer; root: Buffer }>(
    'select size, edge, root from log.state where name = $1',
    [name],
  );
  const state = states[0] ?? { size: '0', edge: Buffer.alloc(0), root: EMPTY_ROOT };
  const size = Number(state.size);
  const tree = Tree.empty();
  const versions = new Map<string, number>();
  for (let after = -1; ;) {
    const { rows } = await client.query<Row>(
      'select * from log.entry where seq > $1 order by seq limit $2',
      [after, PAGE],
    );
    if (rows.length === 0) break;
    const tiles = tree.append(rows.map((row) => checkRow(row, ++after, versions, report)));
    for (const tile of tiles) await checkTile(client, tile, report);
    after = Number(rows.at(-1)?.seq ?? after);
    onProgress(after + 1, size);
  }
  const root = tree.root();
  if (tree.size !== size)
    report({ what: `the state says ${size} entries, there are ${tree.size}` });
  if (!root.equals(state.root)) report({ what: 'the root does not fit the entries' });
  if (!encodeEdge(tree.edge).equals(encodeEdge(decodeEdge(state.edge))))
    report({ what: 'the edge of the tree does not fit the entries' });
  return { size: tree.size, root: root.toString('hex'), violations };
};

/** Checks one row and returns the hash of its bytes. */
const checkRow = (
  row: Row,
  expectedSeq: number,
  versions: Map<string, number>,
  report: (violation: Violation) => void,
): Buffer => {
  const seq = Number(row.seq);
  if (seq !== expectedSeq) report({ seq, what: `entry ${expectedSeq} is missing` });
  const hash = leafHash(row.leaf);
  if (!hash.equals(row.leaf_hash)) report({ seq, what: 'the bytes do not fit their hash' });
  for (const column of differing(row))
    report({ seq, what: `the column ${column} is not what the entry says` });
  if (row.stream !== null) {
    const expected = (versions.get(row.stream) ?? 0) + 1;
    if (row.version !== expected) report({ seq, what: `its stream lacks version ${expected}` });
    versions.set(row.stream, row.version ?? expected);
  }
  return hash;
};

const differing = (row: Row): readonly string[] => {
  let leaf: ReturnType<typeof decodeLeaf>;
  try {
    leaf = decodeLeaf(row.leaf);
  } catch {
    return ['leaf'];
  }
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['id', row.id, leaf.id],
    ['kind', row.kind, leaf.kind],
    ['topic', row.topic, leaf.topic],
    ['time', row.time.toISOString(), leaf.time],
    ['recorded_at', row.recorded_at.toISOString(), leaf.recordedAt],
    ['provider', row.provider, leaf.provider ?? null],
    ['alias', row.alias, leaf.alias ?? null],
    ['stream', row.stream, leaf.stream ?? null],
    ['version', row.version, leaf.version ?? null],
    ['content_mac', row.content_mac?.toString('hex') ?? null, leaf.contentMac ?? null],
  ];
  return pairs.filter(([, column, said]) => column !== said).map(([name]) => name);
};

const checkTile = async (
  client: pg.Client,
  { level, index, hashes }: Tile,
  report: (violation: Violation) => void,
): Promise<void> => {
  const { rows } = await client.query<{ hashes: Buffer }>(
    'select hashes from log.tile where level = $1 and index = $2',
    [level, index],
  );
  if (!rows[0]) report({ what: `the tile ${level}/${index} is missing` });
  else if (!rows[0].hashes.equals(hashes))
    report({ what: `the tile ${level}/${index} does not fit the entries` });
};
