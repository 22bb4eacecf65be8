/** Most messages that are taken in at once. */
export const BATCH_MAX = 1_000;
/** With so many a reader begins, and it goes no lower on its own account. */
const BATCH_MIN = 50;

/**
 * How many messages a reader takes in at once. It begins small and doubles with each batch that was
 * finished, and halves with each that was not: where something breaks every second, a batch that
 * takes longer than that is never finished, while small ones get on.
 */
export class BatchSize {
  #now = BATCH_MIN;

  get now(): number {
    return this.#now;
  }

  finished(): void {
    this.#now = Math.min(BATCH_MAX, this.#now * 2);
  }

  broken(): void {
    this.#now = Math.max(BATCH_MIN, Math.floor(this.#now / 2));
  }
}
