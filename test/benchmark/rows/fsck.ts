import { connect } from '../connect.js';
import { checkLog } from '#log';
import { leafHash, Tree } from '#merkle';
import { perSecond } from '../measure.js';
import { grow, openLog } from '../open-log.js';
import type { Prepared, Row } from '../row.js';

const PAGE = 2_000;

/** Reads every leaf and hashes it into a tree. */
const readAndHash = async (databaseUrl: string): Promise<number> => {
  const client = await connect(databaseUrl);
  const tree = Tree.empty();
  for (;;) {
    const { rows } = await client.query<{ leaf: Buffer }>(
      'select leaf from log.entry where seq >= $1 order by seq limit $2',
      [tree.size, PAGE],
    );
    if (rows.length === 0) break;
    tree.append(rows.map(({ leaf }) => leafHash(leaf)));
  }
  await client.end();
  return tree.size;
};

/** Everything recomputed and compared, beside reading and hashing alone. */
export const fsck: Row = {
  row: 'fsck',
  unit: 'entries/s',
  must: 0.6,
  prepare: async (bench): Promise<Prepared> => {
    const opened = await openLog(bench);
    const { databaseUrl } = opened;
    await grow(opened.log, bench.isQuick ? 50_000 : 300_000);
    return {
      ours: async () => {
        const since = performance.now();
        const { size, violations } = await checkLog({ databaseUrl, name: 'ledger' });
        if (violations.length > 0) throw new Error(violations[0]?.what);
        return perSecond(size, since);
      },
      limit: async () => {
        const since = performance.now();
        return perSecond(await readAndHash(databaseUrl), since);
      },
      close: () => opened.close(),
    };
  },
};
