import type { Client } from 'pg';
import type { BinaryRows } from './binary-copy.js';
import { isUniqueViolation } from './connection.js';
import { copyIn } from './copy-in.js';
import type { Transaction } from './projection.js';

/**
 * Adds rows to a read model by COPY, within the projection's transaction; those whose unique key is
 * there already are left out.
 * In: the table (schema-qualified), its columns in the order of the rows' fields, and the rows.
 */
export const copyInto = async (
  tx: Transaction,
  table: string,
  columns: string,
  rows: BinaryRows,
): Promise<void> => {
  const client = (await tx.queryRunner?.connect()) as Client;
  const bytes = rows.end();
  await client.query('savepoint copying');
  try {
    await copyIn(client, [{ into: `${table} (${columns})`, rows: bytes }]);
    await client.query('release savepoint copying');
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await client.query('rollback to savepoint copying');
    await addMissing(client, table, columns, bytes);
  }
};

/** COPY knows no `on conflict`: by way of a table of its own. */
const addMissing = async (
  client: Client,
  table: string,
  columns: string,
  bytes: Buffer,
): Promise<void> => {
  await client.query(
    `create temporary table copied on commit drop as select ${columns} from ${table} limit 0`,
  );
  await copyIn(client, [{ into: `pg_temp.copied (${columns})`, rows: bytes }]);
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from pg_temp.copied on conflict do nothing`,
  );
  await client.query('drop table pg_temp.copied');
};
