import { randomBytes } from 'node:crypto';
import { connect } from './connect.js';
import type { NewEntry } from '#log';
import { Hmac } from '#merkle';
import { entryRows } from '../../libs/log/src/copy-entries.js';
import { copyIn } from '../../libs/log/src/copy-in.js';
import { encodeLeaf } from '../../libs/log/src/leaf.js';
import type { PlacedEntry } from '../../libs/log/src/place-entries.js';
import { prepareEntry } from '../../libs/log/src/prepare-entry.js';
import { perSecond } from './measure.js';
import type { Measured } from './row.js';

export const ROWS_PER_TRANSACTION = 1_000;

export interface CopyLimit {
  /** Settles the bytes of entries, so that copying them is all that is left. */
  settle(entries: readonly NewEntry[]): readonly PlacedEntry[];
  /** Copies rows in one transaction. */
  copy(rows: readonly PlacedEntry[]): Promise<void>;
  /** Copies entries whose bytes are settled beforehand; that is not measured. */
  round(entries: readonly NewEntry[]): Promise<Measured>;
  close(): Promise<void>;
}

/**
 * What PostgreSQL takes at best: binary COPY on one connection, 1,000 rows a transaction, into
 * tables with the columns and indexes of the log's. In the database of the log itself, so that both
 * grow alike.
 */
export const openCopyLimit = async (databaseUrl: string): Promise<CopyLimit> => {
  const client = await connect(databaseUrl);
  await client.query(`
    create schema bench;
    create table bench.entry (like log.entry including all);
    create table bench.intake_key (like log.intake_key including all);`);
  const key = new Hmac(randomBytes(32));
  let seq = 0;
  const limit: CopyLimit = {
    settle: (entries) => {
      const now = new Date();
      return entries.map((entry) => {
        const encoded = { entry, leaf: encodeLeaf(entry, now) };
        return { ...prepareEntry(encoded, now, key), seq: seq++ };
      });
    },
    copy: async (rows) => {
      await client.query('begin');
      await copyIn(client, entryRows(rows, 'bench'));
      await client.query('commit');
    },
    round: async (entries) => {
      const rows = limit.settle(entries);
      const since = performance.now();
      for (let n = 0; n < rows.length; n += ROWS_PER_TRANSACTION)
        await limit.copy(rows.slice(n, n + ROWS_PER_TRANSACTION));
      return perSecond(rows.length, since);
    },
    close: () => client.end(),
  };
  return limit;
};
