import { Worker } from 'node:worker_threads';

/** Without it heaps grew to 200 MB: what a thread has in hand is soon done (ADR 19). */
const YOUNG_MB_MAX = 48;

/**
 * A thread of this process. Nobody could tell what it has done once it failed or ended by itself: then
 * the process ends, as with any error that nobody took.
 */
export class OwnThread<In, Out> {
  readonly #worker: Worker;
  #isEnding = false;

  /** In: `main` is where it begins, with `given`; `take` is told what it says. */
  constructor(main: URL, given: unknown, take: (message: Out) => void) {
    this.#worker = new Worker(main, {
      workerData: given,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
    });
    this.#worker.on('message', take);
    for (const event of ['error', 'messageerror'] as const)
      this.#worker.once(event, (error: Error) => {
        throw error;
      });
    this.#worker.once('exit', (code) => {
      if (!this.#isEnding)
        throw new Error(`the thread of ${main.pathname} ended by itself (${code})`);
    });
  }

  tell(message: In, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Once it has nothing in hand. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }
}
