import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { RunResult } from './run.js';

/** The one line that a run ends with. */
export const lastLine = ({ seed, faultCount, acknowledged, violations }: RunResult): string =>
  `seed ${seed}: ${faultCount} faults, ${acknowledged} acknowledged, ${violations.length} violations`;

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const table = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `| ${name} | ${count} |\n`)
    .join('');

const where = (): string =>
  `commit ${commit()}, ${new Date().toISOString().slice(0, 10)}; Node ${process.version}, ` +
  `Linux ${release()}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, ` +
  `${Math.round(totalmem() / 2 ** 30)} GB`;

const markdown = (result: RunResult, command: string): string => `# A run of faults

\`${command}\` on ${where()}.

**${lastLine(result)}**

| what | |
| --- | --- |
| topology | ${result.topology} |
| minutes under load and faults | ${result.minutes} |
| events sent, acknowledged | ${result.sent}, ${result.acknowledged} |
| entries in the logs at the end | ${result.entries} |
| committed trees seen by the observer, all a beginning of the last | ${result.headsSeen} |
| published checkpoints seen | ${result.checkpoints} |
| processes brought back | ${result.restarts} |
| seconds until everything had come through | ${result.drainSeconds} |

| fault | times |
| --- | --- |
${table(result.faults)}
${result.skipped.length > 0 ? `Not done: ${result.skipped.join('; ')}.\n\n` : ''}${
  result.violations.length === 0
    ? 'Every invariant held.'
    : result.violations.map((each) => `- ${each}\n`).join('')
}
`;

/** Writes a report: JSON if the file's name ends so, else Markdown. */
export const writeReport = (file: string, result: RunResult, command: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    file.endsWith('.json') ? `${JSON.stringify(result, null, 2)}\n` : markdown(result, command),
  );
};

/** Writes what became of the planted bugs. */
export const writePlanted = (file: string, lines: readonly string[]): void => {
  mkdirSync(dirname(file), { recursive: true });
  const list = lines.map((line) => `- ${line}\n`).join('');
  writeFileSync(
    file,
    `# Ten planted bugs\n\n\`npm run chaos -- --planted\` on ${where()}.\n\n${list}`,
  );
};
