import { Client } from 'pg';
import { encodeEdge, Tree } from '#merkle';
import type { Database } from '#testing';

/**
 * Changes entries by hand and then makes everything fit again: numbers, hashes, tiles, edge and
 * root, as somebody could who has the database and knows how the log is made.
 */
export const forge = async (
  database: Database,
  {
    change,
    repair = true,
    schema = 'log',
  }: { readonly change: string; readonly repair?: boolean; readonly schema?: 'log' | 'meta_log' },
): Promise<void> => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query(change);
  if (repair) await remakeTree(client, schema);
  await client.end();
};

const remakeTree = async (client: Client, schema: string): Promise<void> => {
  const { rows } = await client
    .query<{ leaf_hash: Buffer }>(
      `update ${schema}.entry set leaf_hash = sha256('\\x00'::bytea || leaf);
     update ${schema}.entry e set seq = -1 - n.at from
       (select seq, row_number() over (order by seq) - 1 as at from ${schema}.entry) n where n.seq = e.seq;
     update ${schema}.entry set seq = -1 - seq;`,
    )
    .then(() =>
      client.query<{ leaf_hash: Buffer }>(`select leaf_hash from ${schema}.entry order by seq`),
    );
  const tree = Tree.empty();
  const tiles = tree.append(rows.map(({ leaf_hash }) => leaf_hash));
  await client.query(`delete from ${schema}.tile`);
  for (const { level, index, hashes } of tiles)
    await client.query(`insert into ${schema}.tile values ($1, $2, $3)`, [level, index, hashes]);
  await client.query(`update ${schema}.state set size = $1, edge = $2, root = $3`, [
    tree.size,
    encodeEdge(tree.edge),
    tree.root(),
  ]);
};

/** What somebody might do to entry 300 of a log. */
export const forgeries = [
  [
    'rewritten',
    `update log.entry set leaf = convert_to(
       replace(convert_from(leaf, 'utf8'), 'shr_300', 'shr_999'), 'utf8') where seq = 300`,
  ],
  ['dropped', 'delete from log.entry where seq = 300'],
  [
    'reordered',
    `update log.entry set seq = -seq where seq in (300, 301);
     update log.entry set seq = case seq when -300 then 301 else 300 end where seq < 0`,
  ],
  [
    'put in between',
    `update log.entry set seq = -seq where seq >= 300;
     update log.entry set seq = 1 - seq where seq < 0;
     insert into log.entry (seq, id, kind, topic, time, recorded_at, leaf, leaf_hash)
       select 300, 'evt_forged', kind, topic, time, recorded_at,
         convert_to(replace(convert_from(leaf, 'utf8'), id, 'evt_forged'), 'utf8'), leaf_hash
       from log.entry where seq = 5`,
  ],
] as const;
