import type { Bench, Measured, Row } from './row.js';

/** A line of the table, as it is written to the JSON file. */
export interface Result {
  readonly row: string;
  readonly unit: string;
  readonly rate: number;
  readonly limit: number;
  readonly ratio: number;
  readonly must: number;
  readonly loadGeneratorCpuShare: number;
}

const ROUNDS = 5;
const QUICK_ROUNDS = 3;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};
const significant = (value: number): number => Number(value.toPrecision(4));

/** The rate of what began at `since` (performance.now()), with nothing made while it ran. */
export const perSecond = (count: number, since: number): Measured => ({
  rate: (count * 1_000) / (performance.now() - since),
  loadGeneratorCpuShare: 0,
});

/**
 * Measures a row: rounds of the limit and of ours in turn, so that a noisy neighbour meets both.
 * Out: the medians, and their ratio. Throws before a round once it is interrupted.
 */
export const measure = async (
  row: Row,
  bench: Bench,
  interrupted: AbortSignal,
): Promise<Result> => {
  bench.progress(`${row.row}: getting ready`);
  const prepared = await row.prepare(bench);
  const rounds: { ours: Measured; limit: Measured }[] = [];
  try {
    for (let n = 1; n <= (bench.isQuick ? QUICK_ROUNDS : ROUNDS); n++) {
      interrupted.throwIfAborted();
      const limit = await prepared.limit();
      const ours = await prepared.ours();
      rounds.push({ ours, limit });
      const [rate, best] = [significant(ours.rate), significant(limit.rate)];
      bench.progress(`${row.row}: round ${n}: ${rate} beside ${best} ${row.unit}`);
    }
  } finally {
    await prepared.close();
  }
  const rate = median(rounds.map(({ ours }) => ours.rate));
  const limit = median(rounds.map((round) => round.limit.rate));
  return {
    row: row.row,
    unit: row.unit,
    rate: significant(rate),
    limit: significant(limit),
    ratio: significant(row.isLessBetter ? limit / rate : rate / limit),
    must: row.must,
    loadGeneratorCpuShare: significant(
      median(rounds.map(({ ours }) => ours.loadGeneratorCpuShare)),
    ),
  };
};
