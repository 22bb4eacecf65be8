import type { Client } from 'pg';
import { UnavailableError } from '#kernel';
import { EMPTY_ROOT, type Tile, Tree } from '#merkle';
import { edgeOf, edgeToStore, type Query } from './stored-edge.js';

/** The state of the log is not where its writer left it: another process has moved it. */
export class StateMovedError extends Error {
  constructor() {
    super('the state of the log is not as expected');
  }
}

/** Prepared once per connection, as is the lock. */
const MOVE = {
  name: 'log-move-state',
  text: `update log.state set size = $3, edge = coalesce($4, edge), root = $5
    where name = $1 and size = $2 and root = $6`,
};
const LOCK = {
  name: 'log-lock-state',
  text: `select size, case when size = $2 and root = $3 then null else edge end as edge
    from log.state where name = $1 for update`,
};

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
  const { rows } = await client.query<{ size: string; edge: Buffer | null }>({
    ...LOCK,
    values: [name, held.size, held.root()],
  });
  const [state] = rows;
  if (!state) {
    await createState(client, name);
    return lockTree(client, name, held);
  }
  if (!state.edge) return held.clone();
  const size = Number(state.size);
  const query: Query = async (text, values) => (await client.query(text, [...values])).rows;
  return Tree.at(size, await edgeOf(size, state.edge, query));
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

/**
 * Moves the state by compare-and-swap to a tree in which these tiles became full. Throws if it is not as
 * expected.
 */
export const moveState = async (
  client: Client,
  name: string,
  from: { readonly size: number; readonly root: Uint8Array },
  tree: Tree,
  tiles: readonly Tile[],
): Promise<void> => {
  const { rowCount } = await client.query({
    ...MOVE,
    values: [name, from.size, tree.size, edgeToStore(tree, tiles), tree.root(), from.root],
  });
  if (rowCount !== 1) throw new StateMovedError();
};
