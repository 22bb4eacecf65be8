import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const State = z.object({
  done: z.boolean(),
  startedAt: z.number(),
  /** The xAPI keys that were shown once. */
  keys: z.record(z.string(), z.string()),
  steps: z.array(z.string()),
  /** Events that were recorded, by their receipts. */
  events: z.number(),
});
export type SeedState = z.infer<typeof State>;

/** How far the seed has come, in a file of mode 600 written whole: an interrupted seed goes on. */
export class SeedProgress {
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }

  load(): SeedState | undefined {
    if (!existsSync(this.#file)) return undefined;
    return State.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
  }

  save(state: SeedState): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.draft`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${this.#file}.draft`, this.#file);
  }
}

const BAR_WIDTH = 28;

/** A bar on a terminal, a line a step elsewhere. */
export const progressBar = (total: number, out: NodeJS.WriteStream) => {
  let done = 0;
  return (label: string): void => {
    done += 1;
    if (!out.isTTY) {
      out.write(`  [${done}/${total}] ${label}\n`);
      return;
    }
    const filled = Math.round((done / total) * BAR_WIDTH);
    const bar = `${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}`;
    out.write(`\r  [${bar}] ${done} of ${total}  ${label.padEnd(44)}${done === total ? '\n' : ''}`);
  };
};
