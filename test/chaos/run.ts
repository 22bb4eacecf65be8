import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRecords, readLogs } from './checks.js';
import type { Violations } from './invariants/recorded.js';
import { Journal } from './journal.js';
import { DISK_FAULTS } from './nemesis.js';
import { comeToRest } from './peace.js';
import { Random } from './random.js';
import { compose, type RunOptions, type Scene } from './scene.js';
import { startSystem, type TopologyName } from './system.js';
import { PROVIDER } from './workload.js';

const CLIENTS = 8;
const MINUTE_MS = 60_000;
/** (9) How long all may take to be answered, and then how long to come through. */
const drainMsOf = (minutes: number): number => Math.max(90_000, (minutes * MINUTE_MS) / 10);

export interface RunResult {
  readonly seed: number;
  readonly minutes: number;
  readonly topology: TopologyName;
  readonly faults: Readonly<Record<string, number>>;
  /** Those above, and the kills by failpoints. */
  readonly faultCount: number;
  readonly acknowledged: number;
  readonly sent: number;
  readonly entries: number;
  readonly checkpoints: number;
  readonly headsSeen: number;
  readonly restarts: number;
  readonly ends: Readonly<Record<string, number>>;
  /** Answers that were no acknowledgement, by code. */
  readonly answers: Readonly<Record<string, number>>;
  readonly drainSeconds: number;
  readonly skipped: readonly string[];
  readonly violations: Violations;
}

let runs = 0;

/** One run: load and faults for a while, then peace, then the invariants. */
export const run = async (options: RunOptions): Promise<RunResult> => {
  runs += 1;
  const random = new Random(options.seed);
  const sources = Array.from({ length: CLIENTS }, (_, n) => `urn:llcl:${PROVIDER}:client-${n}`);
  const topicPrefix = `chaos-${process.pid}-${runs}-`;
  const system = await startSystem({ ...options, topicPrefix, sources });
  options.progress('the ledger runs');
  const over = new AbortController();
  const journal = new Journal(join(options.servers.folder, `journal-${runs}`));
  try {
    const named = { sources, topicPrefix, over: over.signal };
    const scene = compose(options, system, journal, random, named);
    return await play(options, scene, journal);
  } finally {
    over.abort();
    journal.close();
    await system.stop();
  }
};

/** Waits for so many minutes, and says after each that there are more. */
const endure = async (minutes: number, sayMinute: () => void): Promise<void> => {
  const until = performance.now() + minutes * MINUTE_MS;
  for (let left = minutes * MINUTE_MS; left > 0; left = until - performance.now()) {
    await sleep(Math.min(left, MINUTE_MS));
    if (left > MINUTE_MS) sayMinute();
  }
};

const play = async (options: RunOptions, scene: Scene, journal: Journal): Promise<RunResult> => {
  const { supervisor, nemesis, clients, witness, system, shared } = scene;
  const [load, harm, all] = [new AbortController(), new AbortController(), new AbortController()];
  supervisor.failpoints = options.failpoints;
  const supervising = supervisor.run(all.signal);
  const observing = witness.observer.run(all.signal);
  // From their next start on they roll dice.
  for (const { name } of supervisor.processes) supervisor.kill(name);
  const harming = nemesis.run(harm.signal);
  const loading = Promise.all(clients.map((client) => client.run(load.signal)));
  // Told to whoever waits for it, if anybody still does.
  loading.catch(() => undefined);
  const soFar = (): string => `${journal.size} acknowledged, ${nemesis.count} faults`;
  await endure(options.minutes, () => options.progress(soFar()));
  options.progress(`${soFar()}; now peace`);
  harm.abort();
  await harming;
  supervisor.failpoints = undefined;
  for (const { name } of supervisor.processes) supervisor.kill(name);
  load.abort();
  const drainMs = options.drainMs ?? drainMsOf(options.minutes);
  const rest = await comeToRest(scene, loading, drainMs, options);
  all.abort();
  await Promise.all([supervising, observing]);
  const entries = await readLogs(system);
  const violations = [
    ...journal.contradictions,
    ...(await checkRecords(witness, entries)),
    ...[...shared.refusals].map((refusal) => `refused: ${refusal}`),
    ...rest.violations,
  ];
  if (violations.length > 0 && options.isVerbose)
    for (const [name, { output }] of system.processes) options.progress(`${name}:\n${output}`);
  const killed = supervisor.ends.get('SIGKILL') ?? 0;
  return {
    seed: options.seed,
    minutes: options.minutes,
    topology: options.topology,
    faults: { ...Object.fromEntries(nemesis.done), ...(killed > 0 ? { failpoint: killed } : {}) },
    faultCount: nemesis.count + killed,
    acknowledged: journal.size,
    sent: shared.sent.size,
    entries: entries.length,
    checkpoints: witness.observer.checkpoints.length,
    headsSeen: witness.observer.heads.length,
    restarts: supervisor.restarts,
    ends: Object.fromEntries(supervisor.ends),
    answers: Object.fromEntries(shared.answers),
    drainSeconds: rest.drainSeconds,
    skipped: skippedOf(options),
    violations: [...new Set(violations)],
  };
};

const skippedOf = ({ servers, faults }: RunOptions): readonly string[] =>
  DISK_FAULTS.filter((fault) => faults.includes(fault)).flatMap((fault) =>
    servers.disk.reason === undefined ? [] : [`${fault}: ${servers.disk.reason}`],
  );
