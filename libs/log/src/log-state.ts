import type { Client } from 'pg';
import { UnavailableError } from '#kernel';
import { decodeEdge, EMPTY_ROOT, encodeEdge, Tree } from '#merkle';

/**
 * The tree as it is committed, with the state's row locked until the end of the transaction: the
 * writers of other processes wait here. `held` is the caller's copy; it is used if it is still
 * right, else the tree is read.
 */
export const lockTree = async (
  client: Client,
  name: string,
  held: Tree = Tree.empty(),
): Promise<Tree> => {
  const { rows } = await client.query<{ size: string; edge: Buffer | null }>(
    `select size, case when size = $2 and root = $3 then null else edge end as edge
     from log.state where name = $1 for update`,
    [name, held.size, held.root()],
  );
  const [state] = rows;
  if (!state) {
    await createState(client, name);
    return lockTree(client, name, held);
  }
  return state.edge ? Tree.at(Number(state.size), decodeEdge(state.edge)) : held.clone();
};

/** A database holds one log, as its entries are numbered from 0. */
const createState = async (client: Client, name: string): Promise<void> => {
  const { rows } = await client.query<{ name: string }>('select name from log.state');
  if (rows[0] && rows[0].name !== name)
    throw new UnavailableError(
      'the log',
      new Error(`this database holds the log "${rows[0].name}", not "${name}"`),
    );
  await client.query(
    'insert into log.state (name, size, edge, root) values ($1, 0, $2, $3) on conflict do nothing',
    [name, Buffer.alloc(0), EMPTY_ROOT],
  );
};

/** Moves the state by compare-and-swap. Throws if it is not where the lock found it. */
export const moveState = async (
  client: Client,
  name: string,
  from: number,
  tree: Tree,
): Promise<void> => {
  const { rowCount } = await client.query(
    'update log.state set size = $3, edge = $4, root = $5 where name = $1 and size = $2',
    [name, from, tree.size, encodeEdge(tree.edge), tree.root()],
  );
  if (rowCount !== 1) throw new Error('the state of the log moved under its lock');
};
