import type { Witness } from './checks.js';
import { HttpClient, type Shared } from './http-client.js';
import type { Journal } from './journal.js';
import { KafkaClient } from './kafka-client.js';
import { type Fault, Nemesis } from './nemesis.js';
import { Observer } from './observer.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import { Supervisor } from './supervisor.js';
import type { System, TopologyName } from './system.js';
import { Workload } from './workload.js';

const PAUSE_MS = 180;
/**
 * A longer run has no more load in all: everything that was sent is kept in memory until the end, and
 * what takes events in, brought down every few seconds, must keep pace, or it piles up.
 */
const FULL_LOAD_MINUTES = 3;

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

/** What the parts of a run are called by, and when they end. */
export interface Named {
  readonly sources: readonly string[];
  readonly topicPrefix: string;
  readonly over: AbortSignal;
}

/** Everything that goes on at once in a run. */
export interface Scene {
  readonly system: System;
  readonly shared: Shared;
  readonly clients: readonly (HttpClient | KafkaClient)[];
  readonly supervisor: Supervisor;
  readonly nemesis: Nemesis;
  readonly witness: Witness;
}

/** Puts the parts of a run together; nothing runs yet. */
export const compose = (
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
