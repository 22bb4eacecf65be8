import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** An entry as it lies in the database, read past all of the ledger's own code. */
export interface Entry {
  readonly log: string;
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly alias?: string;
  readonly provider?: string;
  readonly stream?: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of achievements that were earned. */
  readonly sealed?: Buffer;
  /** Hex, recomputed from the bytes. */
  readonly leafHash: string;
}

interface Row {
  readonly seq: string;
  readonly leaf: Buffer;
}
interface Leaf extends Omit<Entry, 'log' | 'seq' | 'sealed' | 'leafHash'> {
  readonly sealed?: string;
}

const PAGE = 5_000;
const HASH_BYTES = 32;

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
/** RFC 6962 §2.1. */
const leafHashOf = (bytes: Uint8Array): Buffer => sha256(Buffer.of(0), bytes);
const nodeHashOf = (left: Uint8Array, right: Uint8Array): Buffer =>
  sha256(Buffer.of(1), left, right);

/** All entries of a log, by seq as the rows say. */
export const readLog = async (log: string, databaseUrl: string): Promise<readonly Entry[]> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const entries: Entry[] = [];
  try {
    // By position: a number that is there twice must be seen twice.
    await client.query('begin isolation level repeatable read read only');
    await client.query(
      'declare entries no scroll cursor for select seq, leaf from log.entry order by seq',
    );
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${PAGE} from entries`);
      if (rows.length === 0) return entries;
      entries.push(...rows.map((row) => entryOf(log, row)));
    }
  } finally {
    await client.end();
  }
};

const entryOf = (log: string, { seq, leaf }: Row): Entry => {
  const { sealed, ...said } = JSON.parse(leaf.toString()) as Leaf;
  return {
    ...said,
    log,
    seq: Number(seq),
    leafHash: leafHashOf(leaf).toString('hex'),
    // Nothing else is opened, and a long run has many.
    ...(sealed !== undefined && said.kind === 'achievement-earned'
      ? { sealed: Buffer.from(sealed, 'base64url') }
      : {}),
  };
};

interface Subtree {
  readonly hash: Buffer;
  readonly leaves: number;
}

/** The root of the tree over the first n leaves, for each n asked for (hex); a naive RFC 6962. */
export const rootsAt = (
  entries: readonly Pick<Entry, 'leafHash'>[],
  sizes: ReadonlySet<number>,
): ReadonlyMap<number, string> => {
  const roots = new Map<number, string>();
  // Roots of the full subtrees from left to right, and how many leaves each has.
  const edge: Subtree[] = [];
  const note = (size: number): void => {
    if (!sizes.has(size)) return;
    const joined = edge.reduceRight<Buffer | undefined>(
      (right, { hash }) => (right ? nodeHashOf(hash, right) : hash),
      undefined,
    );
    roots.set(size, (joined ?? sha256()).toString('hex'));
  };
  note(0);
  for (const [n, { leafHash }] of entries.entries()) {
    let node: Subtree = { hash: Buffer.from(leafHash, 'hex'), leaves: 1 };
    if (node.hash.length !== HASH_BYTES) throw new Error('not a hash');
    for (let last = edge.at(-1); last?.leaves === node.leaves; last = edge.at(-1)) {
      edge.pop();
      node = { hash: nodeHashOf(last.hash, node.hash), leaves: 2 * node.leaves };
    }
    edge.push(node);
    note(n + 1);
  }
  return roots;
};
