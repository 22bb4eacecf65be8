import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDerived, checkRecords, readLogs, type Witness } from './checks.js';
import { HttpClient, type Shared } from './http-client.js';
import type { Violations } from './invariants/recorded.js';
import { Journal } from './journal.js';
import { KafkaClient } from './kafka-client.js';
import { DISK_FAULTS, type Fault, Nemesis } from './nemesis.js';
import { Observer } from './observer.js';
import { Random } from './random.js';
import type { Servers } from './servers.js';
import { Supervisor } from './supervisor.js';
import { startSystem, type System, type TopologyName } from './system.js';
import { PROVIDER, type Sent, Workload } from './workload.js';

const CLIENTS = 8;
const PAUSE_MS = 180;
/**
 * A longer run has no more load in all: everything that was sent is kept in memory until the end, and
 * what takes events in, brought down every few seconds, must keep pace, or it piles up.
 */
const FULL_LOAD_MINUTES = 3;
const MINUTE_MS = 60_000;
/** (9) How long after the last fault everything may take to come through: it may have piled up. */
const drainMsOf = (minutes: number): number => Math.max(90_000, (minutes * MINUTE_MS) / 10);
/** So long it is looked whether what has not come through in time was late, or is lost. */
const LATE_MS_MAX = 300_000;
const REPEATED_MAX = 20_000;
const REPEATED_AT_ONCE = 200;
const REPEAT_TRIES_MAX = 100;
const REPEAT_AGAIN_MS = 200;
/** Some of them are corrections, of which it is looked up whether they are known. */
const NEW_AND_AGAIN = 5;

export interface RunOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly topology: TopologyName;
  readonly servers: Servers;
  /** Where the `dist` that is tested lies. */
  readonly folder: string;
  readonly faults: readonly Fault[];
  /** As FAILPOINTS, without a seed; undefined: off. */
  readonly failpoints: string | undefined;
  /** The longest pause between two faults. */
  readonly pauseMs: number;
  readonly drainMs?: number;
  readonly progress: (text: string) => void;
  /** Whether the processes' last words are shown where something is wrong. */
  readonly isVerbose?: boolean;
}

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

/** What the parts of a run are called by, and when they end. */
interface Named {
  readonly sources: readonly string[];
  readonly topicPrefix: string;
  readonly over: AbortSignal;
}

/** Everything that goes on at once in a run. */
interface Scene {
  readonly system: System;
  readonly shared: Shared;
  readonly clients: readonly (HttpClient | KafkaClient)[];
  readonly supervisor: Supervisor;
  readonly nemesis: Nemesis;
  readonly witness: Witness;
}

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

const compose = (
  options: RunOptions,
  system: System,
  journal: Journal,
  random: Random,
  { sources, topicPrefix, over }: Named,
): Scene => {
  const { servers, faults, pauseMs } = options;
  const hasKafka = system.topology !== 'all-in-one';
  const shared: Shared = {
    urls: system.urls,
    journal,
    authorization: system.authorization,
    sent: new Map(),
    recent: [],
    refusals: new Set(),
    over,
    answers: new Map(),
    pauseMs: PAUSE_MS * Math.max(1, options.minutes / FULL_LOAD_MINUTES),
  };
  const clients = sources.map((source, n) => {
    const workload = new Workload(source, random.fork());
    return hasKafka && n === 0
      ? new KafkaClient(servers.directBroker, topicPrefix, shared, workload, random.fork())
      : new HttpClient(shared, workload, random.fork());
  });
  const { clockFile } = system;
  const supervisor = new Supervisor(system.processes, random.fork(), clockFile);
  const parts = { servers, supervisor, random: random.fork(), clockFile, pauseMs };
  const possible = faults.filter((fault) => hasKafka || !fault.endsWith('-kafka'));
  const observer = new Observer(
    new Map([...system.logs].map(([name, url]) => [name, () => url])),
    system.urls,
  );
  return {
    system,
    shared,
    clients,
    supervisor,
    nemesis: new Nemesis({ ...parts, faults: possible }),
    witness: {
      system,
      sent: shared.sent,
      journal: journal.path,
      observer,
      broker: hasKafka ? servers.directBroker : '',
      topicPrefix,
    },
  };
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
  const peaceAt = performance.now();
  const deadline = peaceAt + (options.drainMs ?? drainMsOf(options.minutes));
  const isDrained = await within(loading, deadline);
  const unanswered = isDrained
    ? [...(await repeatAll(scene)), ...(await goOn(scene))]
    : clients.flatMap(({ waiting }, n) =>
        waiting > 0 ? [`client ${n} waits for ${waiting} acknowledgements still`] : [],
      );
  const underived = isDrained ? await untilDerived(scene, deadline) : [];
  const drainSeconds = secondsSince(peaceAt);
  if (underived.length > 0 && options.isVerbose)
    options.progress(await whetherLate(scene, peaceAt));
  all.abort();
  await Promise.all([supervising, observing]);
  const entries = await readLogs(system);
  const violations = [
    ...journal.contradictions,
    ...(await checkRecords(witness, entries)),
    ...[...shared.refusals].map((refusal) => `refused: ${refusal}`),
    ...unanswered,
    ...underived,
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
    drainSeconds,
    skipped: skippedOf(options),
    violations: [...new Set(violations)],
  };
};

/** Whether it is done before it is too late. */
const within = async (work: Promise<unknown>, deadline: number): Promise<boolean> => {
  const settled = new AbortController();
  const late = sleep(deadline - performance.now(), false, { signal: settled.signal });
  try {
    return await Promise.race([work.then(() => true), late.catch(() => false)]);
  } finally {
    settled.abort();
  }
};

/** (1) What is sent again is answered as before: the journal compares. */
const repeatAll = async ({ shared, clients, system: { urls } }: Scene): Promise<Violations> => {
  const client = clients.find((each) => each instanceof HttpClient);
  if (!client) return [];
  const all = [...shared.sent.values()].slice(-REPEATED_MAX);
  let unanswered = 0;
  for (let from = 0; from < all.length; from += REPEATED_AT_ONCE) {
    const chunk = all.slice(from, from + REPEATED_AT_ONCE);
    unanswered += (await sendUntilSettled(client, chunk, urls)).length;
  }
  return unanswered > 0 ? [`${unanswered} repeated events got no answer`] : [];
};

/**
 * (1) Each process takes what is new after a repeat, which rolls back a transaction: what has lost count
 * then would have to start again before it goes on.
 */
const goOn = async ({ clients, system: { urls } }: Scene): Promise<Violations> => {
  const client = clients.find((each) => each instanceof HttpClient);
  if (!client) return [];
  for (const url of urls)
    for (let n = 0; n < NEW_AND_AGAIN; n += 1) {
      const event = client.next(1);
      for (const sent of [event, event])
        if ((await sendUntilSettled(client, sent, [url])).length > 0)
          return ['a process takes nothing new after a repeat'];
    }
  return [];
};

/** Tries one process after the other. Out: what none has answered after all tries. */
const sendUntilSettled = async (
  client: HttpClient,
  events: readonly Sent[],
  urls: readonly string[],
): Promise<readonly Sent[]> => {
  let rest = events;
  for (let tries = 0; rest.length > 0 && tries < REPEAT_TRIES_MAX; tries += 1) {
    rest = await client.send(rest, urls[tries % urls.length] ?? '');
    if (rest.length > 0) await sleep(REPEAT_AGAIN_MS);
  }
  return rest;
};

/** (9) Looks again until everything that was recorded has come through, or it is too late. */
const untilDerived = async ({ witness, system }: Scene, deadline: number): Promise<string[]> => {
  for (;;) {
    let violations: Violations;
    try {
      violations = await checkDerived(witness, await readLogs(system));
    } catch (error) {
      violations = [`the state cannot be read: ${String(error)}`];
    }
    if (violations.length === 0 || performance.now() > deadline) return [...violations];
    await sleep(1_000);
  }
};

const secondsSince = (then: number): number => Math.round((performance.now() - then) / 100) / 10;

const whetherLate = async (scene: Scene, peaceAt: number): Promise<string> => {
  const lost = await untilDerived(scene, performance.now() + LATE_MS_MAX);
  const after = `${secondsSince(peaceAt)} s after the last fault`;
  return lost.length === 0
    ? `it was late: all had come through ${after}`
    : `it was not late: ${lost.length} things are still not right ${after}`;
};

const skippedOf = ({ servers, faults }: RunOptions): readonly string[] =>
  DISK_FAULTS.filter((fault) => faults.includes(fault)).flatMap((fault) =>
    servers.disk.reason === undefined ? [] : [`${fault}: ${servers.disk.reason}`],
  );
