import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerProcess } from '../processes/ledger-process.js';
import type { Random } from './random.js';

const LOOK_MS = 100;

/** A process of ours that is brought back whenever it ends. */
export interface Supervised {
  readonly name: string;
  readonly process: LedgerProcess;
  /** Settings of its next start. */
  readonly env: () => Readonly<Record<string, string>>;
}

/** Brings processes back, each time with dice of their own for its failpoints. */
export class Supervisor {
  readonly processes: readonly Supervised[];
  /** How often one was brought back. */
  restarts = 0;
  /** How each ended that nobody outside had killed: by a failpoint, or by itself. */
  readonly ends = new Map<string, number>();
  readonly #killed = new Set<string>();
  #failpoints: string | undefined;
  #isHeld = false;

  constructor(
    named: ReadonlyMap<string, LedgerProcess>,
    private readonly random: Random,
    clockFile: (name: string) => string,
  ) {
    this.processes = [...named].map(([name, process]) => ({
      name,
      process,
      env: () => ({ CLOCK_OFFSET_FILE: clockFile(name), ...this.#dice() }),
    }));
  }

  /** From their next start on, all of them roll these dice; undefined: none. */
  set failpoints(setting: string | undefined) {
    this.#failpoints = setting;
  }

  kill(name: string): void {
    this.#killed.add(name);
    this.#named(name)?.process.kill();
  }

  /** Kills all, and brings none back before the work is done. */
  async allDead(work: () => Promise<void>): Promise<void> {
    this.#isHeld = true;
    try {
      for (const { name } of this.processes) this.kill(name);
      await work();
    } finally {
      this.#isHeld = false;
    }
  }

  #dice(): Readonly<Record<string, string>> {
    if (this.#failpoints === undefined) return {};
    return { FAILPOINTS: `seed=${this.random.int(1, 1e9)},${this.#failpoints}` };
  }

  #named(name: string): Supervised | undefined {
    return this.processes.find((each) => each.name === name);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const { name, process, env } of this.processes) {
        if (this.#isHeld || !process.hasExited) continue;
        if (!this.#killed.delete(name)) {
          const how = process.endedHow;
          this.ends.set(how, (this.ends.get(how) ?? 0) + 1);
        }
        this.restarts += 1;
        process.start(env());
      }
      await sleep(LOOK_MS);
    }
  }
}
