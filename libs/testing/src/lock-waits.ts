import type { EntityManager } from 'typeorm';

/** How many wait for an advisory lock of this database. */
export const lockWaits = async (db: Pick<EntityManager, 'query'>): Promise<number> => {
  const [row] = await db.query<{ n: number }[]>(
    `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
     and database = (select oid from pg_database where datname = current_database())`,
  );
  return row?.n ?? 0;
};
