import type { DataSource } from 'typeorm';
import type { Projection } from '#log';

const TABLE = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/u;

/**
 * Empties the projections' tables, places and dead letters in one transaction, so that their
 * transport brings them everything from the beginning. A handler that runs meanwhile is rolled back
 * (its place is gone) or was done before. Throws if a table's name is not `schema.table`.
 */
export const rebuild = async (
  db: DataSource,
  projections: readonly Projection[],
): Promise<void> => {
  const tables = [...new Set(projections.flatMap((projection) => projection.tables))].toSorted();
  for (const table of tables)
    if (!TABLE.test(table)) throw new Error(`not a schema-qualified table: ${table}`);
  const names = projections.map(({ name }) => name);
  await db.transaction(async (transaction) => {
    // Waits for handlers that hold a table; whoever comes later finds no place.
    if (tables.length > 0) await transaction.query(`truncate ${tables.join(', ')}`);
    await transaction.query('delete from messaging.place where projection = any($1)', [names]);
    await transaction.query('delete from messaging.dead_letter where projection = any($1)', [
      names,
    ]);
  });
};
