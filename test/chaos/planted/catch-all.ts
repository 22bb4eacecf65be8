import type { Fault } from '../nemesis.js';
import { run, type RunResult } from '../run.js';
import type { RunOptions } from '../scene.js';
import { Servers } from '../servers.js';
import { type Bug, bugs } from './bugs.js';
import { plant } from './plant.js';

type Scenario = Pick<RunOptions, 'topology' | 'failpoints' | 'pauseMs' | 'drainMs'> & {
  readonly faults: readonly Fault[];
};

const SECONDS = 20;
/** A bug shows by chance: so many seeds it gets to show. */
const SEEDS_MAX = 6;

/** What goes wrong while a bug is looked for; clean code must stand all of it. */
const SCENARIOS: Readonly<Record<Bug['scenario'], Scenario>> = {
  writer: {
    topology: 'all-in-one',
    // Mostly cut transactions, as a process that comes back does nothing for a while.
    faults: [...Array<Fault>(6).fill('reset-postgres'), 'kill-service'],
    failpoints: 'kill=0.005,delay=0.8:200,at=log.before-commit',
    pauseMs: 1_500,
    drainMs: 25_000,
  },
  // A transaction that dawdles for longer than a reader waits, and often never commits, while the
  // process that began it lives on.
  dawdlers: {
    topology: 'all-in-one',
    faults: ['end-backend'],
    failpoints: 'delay=0.6:1500,at=log.before-commit',
    pauseMs: 700,
    drainMs: 40_000,
  },
  readers: {
    topology: 'all-in-one',
    faults: ['kill-service', 'reset-postgres'],
    failpoints: 'kill=0.02,delay=0.1:15',
    pauseMs: 3_000,
    drainMs: 25_000,
  },
  kafka: {
    topology: 'kafka',
    faults: ['kill-service', 'reset-kafka'],
    failpoints: 'kill=0.002,delay=0.03:15',
    pauseMs: 6_000,
    drainMs: 60_000,
  },
};

interface Parts {
  readonly servers: Servers;
  readonly progress: (text: string) => void;
  readonly say: (line: string) => void;
}

/**
 * Runs clean code through every scenario, which must find nothing, and each bug through its own,
 * which must find something. Out: whether all is as it should be; says a line for each.
 */
export const catchAll = async (
  seed: number,
  only: string | undefined,
  { progress, say }: Pick<Parts, 'progress' | 'say'>,
): Promise<boolean> => {
  const chosen = bugs.filter(({ name }) => only === undefined || name.includes(only));
  if (chosen.length === 0) throw new Error(`There is no planted bug "${only}".`);
  const needsKafka = chosen.some(({ scenario }) => scenario === 'kafka');
  // Room for all the databases of all runs.
  const servers = await new Servers(chosen.length, needsKafka).start();
  const parts = { servers, progress, say };
  try {
    let isClean = true;
    for (const scenario of new Set(chosen.map((bug) => bug.scenario)))
      isClean = (await standsClean(scenario, seed, parts)) && isClean;
    let caught = 0;
    for (const bug of chosen) if (await isCaught(bug, seed, parts)) caught += 1;
    say(`caught ${caught} of ${chosen.length}`);
    return isClean && caught === chosen.length;
  } finally {
    await servers.stop();
  }
};

const attempt = (
  scenario: Bug['scenario'],
  seed: number,
  folder: string,
  { servers, progress }: Parts,
): Promise<RunResult> =>
  run({ ...SCENARIOS[scenario], seed, minutes: SECONDS / 60, servers, folder, progress });

const standsClean = async (
  scenario: Bug['scenario'],
  seed: number,
  parts: Parts,
): Promise<boolean> => {
  const { violations, faultCount, acknowledged } = await attempt(scenario, seed, '.', parts);
  const [first] = violations;
  parts.say(
    first === undefined
      ? `clean  ${scenario}: ${faultCount} faults, ${acknowledged} acknowledged, 0 violations`
      : `NOT CLEAN  ${scenario}: ${violations.length} violations, first: ${first}`,
  );
  return first === undefined;
};

const isCaught = async (bug: Bug, seed: number, parts: Parts): Promise<boolean> => {
  const { folder, remove } = plant(bug);
  try {
    for (let tries = 0; tries < SEEDS_MAX; tries += 1) {
      const { violations } = await attempt(bug.scenario, seed + tries, folder, parts);
      const [first] = violations;
      if (first === undefined) continue;
      parts.say(
        `caught  ${bug.name} (seed ${seed + tries}): ${violations.length} violations, first: ${first}`,
      );
      return true;
    }
    parts.say(`MISSED  ${bug.name} (seeds ${seed} to ${seed + SEEDS_MAX - 1})`);
    return false;
  } finally {
    remove();
  }
};
