import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Measured } from './row.js';

const LOOK_MS = 20;
const PATIENCE_MS = 600_000;

/** The number that a statement gives, as `n`; 0 where it gives none. */
export const numberOf = async (db: Client, statement: string): Promise<number> => {
  const { rows } = await db.query<{ n: string | null }>(statement);
  return Number(rows[0]?.n ?? 0);
};

/**
 * How fast a number that a statement gives rises to `end`. The clock starts when it first moves, so
 * that starting processes and joining groups is not measured.
 */
export const risingTo = async (db: Client, statement: string, end: number): Promise<Measured> => {
  const deadline = performance.now() + PATIENCE_MS;
  const begin = await numberOf(db, statement);
  let first: { readonly n: number; readonly at: number } | undefined;
  for (;;) {
    const [n, at] = [await numberOf(db, statement), performance.now()];
    if (n > begin) first ??= { n, at };
    if (first && n >= end)
      return { rate: ((n - first.n) * 1_000) / (at - first.at), loadGeneratorCpuShare: 0 };
    if (at > deadline) throw new Error(`${statement}: ${n} of ${end}`);
    await sleep(LOOK_MS);
  }
};
