import { Command, InvalidArgumentError, Option } from 'commander';
import { type Fault, FAULTS } from './nemesis.js';
import { catchAll } from './planted/catch-all.js';
import { lastLine, writePlanted, writeReport } from './report.js';
import { run } from './run.js';
import { Servers } from './servers.js';
import { TOPOLOGIES, type TopologyName } from './system.js';

const FAILPOINTS = 'kill=0.0015,delay=0.03:15';
const PAUSE_MS = 3_000;
const SHOWN_MAX = 50;

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be above 0.');
  return value;
};

interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly topology: TopologyName;
  readonly faults: readonly Fault[];
  readonly report?: string;
  readonly planted?: string | true;
}

const progress = (text: string): void => {
  process.stderr.write(`${performance.now().toFixed(0).padStart(7)} ms  ${text}\n`);
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const program = new Command('chaos')
  .description('Runs the ledger under load and faults, and checks that it kept its word')
  .option('--seed <n>', 'what the run follows from', positive, 1)
  .option('--minutes <n>', 'how long there are faults; may be a fraction', positive, 1)
  .addOption(
    new Option('--topology <name>', 'which processes').choices(TOPOLOGIES).default('all-in-one'),
  )
  .addOption(
    new Option('--faults <names...>', 'only these').choices(FAULTS).default(FAULTS, 'all of them'),
  )
  .option('--report <file>', 'write what happened as Markdown, or as JSON (.json)')
  .option('--planted [name]', 'check that planted bugs are caught: all, or those so named')
  .parse();
const options = program.opts<Options>();

/** Out: the last line, said when everything has stopped. */
const oneRun = async ({
  seed,
  minutes,
  topology,
  faults: chosen,
  report,
}: Options): Promise<string> => {
  const servers = await new Servers(minutes, topology !== 'all-in-one').start();
  try {
    const result = await run({
      seed,
      minutes,
      topology,
      servers,
      folder: '.',
      faults: chosen,
      failpoints: FAILPOINTS,
      pauseMs: PAUSE_MS,
      progress,
      isVerbose: true,
    });
    for (const reason of result.skipped) progress(`not done: ${reason}`);
    const { faults, ends, answers, entries, checkpoints, drainSeconds } = result;
    progress(JSON.stringify({ faults, ends, answers, entries, checkpoints, drainSeconds }));
    for (const violation of result.violations.slice(0, SHOWN_MAX))
      progress(`VIOLATION ${violation}`);
    const only = chosen === FAULTS ? '' : ` --faults ${chosen.join(' ')}`;
    const command = `npm run chaos -- --seed ${seed} --minutes ${minutes} --topology ${topology}${only}`;
    if (report !== undefined) writeReport(report, result, command);
    if (result.violations.length > 0) process.exitCode = 1;
    return lastLine(result);
  } finally {
    await servers.stop();
  }
};

if (options.planted === undefined) say(await oneRun(options));
else {
  const only = options.planted === true ? undefined : options.planted;
  const lines: string[] = [];
  const note = (line: string): void => {
    lines.push(line);
    say(line);
  };
  if (!(await catchAll(options.seed, only, { progress, say: note }))) process.exitCode = 1;
  if (options.report !== undefined) writePlanted(options.report, lines);
}
