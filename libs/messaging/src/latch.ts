import { setTimeout as delay } from 'node:timers/promises';

/** Lets a loop sleep until there is something to do. A call of `open` while nobody waits is kept. */
export class Latch {
  #isOpen = false;
  #release: (() => void) | undefined;

  open(): void {
    this.#isOpen = true;
    this.#release?.();
  }

  /** Returns once opened, after `ms`, or when `signal` aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isOpen && !signal.aborted)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#release = undefined;
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        this.#release = done;
      });
    this.#isOpen = false;
  }
}

/** How long to wait before trying again: doubles from `first` to `most`, less up to a quarter. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}
export const BACKOFF: Backoff = { firstMs: 100, mostMs: 10_000 };

/** Waits before attempt n (from 1); returns early, without throwing, when `signal` aborts. */
export const pauseBefore = async (
  attempt: number,
  { firstMs, mostMs }: Backoff,
  signal: AbortSignal,
): Promise<void> => {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 20));
  await delay(full * (1 - Math.random() / 4), undefined, { signal }).catch(() => undefined);
};
