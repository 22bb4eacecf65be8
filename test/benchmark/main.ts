import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Row } from './row.js';
import { measure, type Result } from './measure.js';
import { openServers } from './servers.js';
import { rows } from './rows/index.js';

const table = (results: readonly Result[]): string => {
  const lines = results.map(({ row, unit, rate, limit, ratio, must, loadGeneratorCpuShare }) => [
    row,
    `${rate} ${unit}`,
    `${limit} ${unit}`,
    ratio.toFixed(2),
    `≥ ${must}`,
    ratio >= must ? 'met' : 'MISSED',
    `${Math.round(loadGeneratorCpuShare * 100)} %`,
  ]);
  const all = [
    ['path', 'ours', 'limit beside it', 'ratio', 'must', '', 'load generator'],
    ...lines,
  ];
  const widths = all[0]?.map((_, n) => Math.max(...all.map((line) => line[n]?.length ?? 0))) ?? [];
  return all
    .map((line) => line.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  '))
    .join('\n');
};

const chosen = (only: string | undefined): readonly Row[] => {
  const found = only === undefined ? rows : rows.filter(({ row }) => row === only);
  if (found.length > 0) return found;
  throw new Error(`There is no row "${only}". Rows: ${rows.map(({ row }) => row).join(', ')}`);
};

const program = new Command('bench')
  .description('Measures our paths, each beside what this machine could do at best')
  .option('--quick', 'fewer and shorter rounds', false)
  .option('--only <row>', 'one row')
  .option('--json <file>', 'write the results as JSON')
  .parse();
const { quick, only, json } = program.opts<{ quick: boolean; only?: string; json?: string }>();

const servers = openServers(quick);
// Ctrl+C: after the round that runs, so that all it opened is closed in order. Twice: at once.
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('Stopped.')));
const results: Result[] = [];
try {
  for (const row of chosen(only)) {
    results.push(await measure(row, servers.bench, interrupted.signal));
    await servers.endRow();
    // Also if a later one fails: they take hours together.
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  }
} finally {
  await servers.close();
}
process.stdout.write(`${table(results)}\n`);
if (results.some(({ ratio, must }) => ratio < must)) process.exitCode = 1;
