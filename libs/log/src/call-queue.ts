import type { Appended } from './log.js';
import type { PreparedCall } from './prepared-call.js';

/** Most that may wait; beyond it the caller is told to come back. */
export const QUEUE_ENTRIES_MAX = 100_000;
export const QUEUE_BYTES_MAX = 128 * 1024 * 1024;

/** One call of append, waiting for its answer. */
export interface Call extends PreparedCall {
  readonly bytes: number;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

/** How many entries they have together. */
export const sizeOf = (calls: readonly Call[]): number =>
  calls.reduce((sum, { entries }) => sum + entries.length, 0);

/** Calls in the order they came. */
export class CallQueue {
  #calls: Call[] = [];
  #entries = 0;
  #bytes = 0;

  /** Entries of the calls that wait. */
  get entries(): number {
    return this.#entries;
  }

  /** False if there is no room for it. */
  add(call: Call): boolean {
    const entries = this.#entries + call.entries.length;
    const bytes = this.#bytes + call.bytes;
    if (entries > QUEUE_ENTRIES_MAX || bytes > QUEUE_BYTES_MAX) return false;
    this.#calls.push(call);
    this.#entries = entries;
    this.#bytes = bytes;
    return true;
  }

  /**
   * Takes the first calls, as long as each is wanted and they have no more than so many entries
   * together; one that has more comes alone. Out: none if the first is not wanted.
   */
  take(entriesMax: number, isWanted: (call: Call) => boolean = () => true): readonly Call[] {
    let [count, entries, bytes] = [0, 0, 0];
    for (const call of this.#calls) {
      if (count > 0 && entries + call.entries.length > entriesMax) break;
      if (!isWanted(call)) break;
      count += 1;
      entries += call.entries.length;
      bytes += call.bytes;
    }
    this.#entries -= entries;
    this.#bytes -= bytes;
    return this.#calls.splice(0, count);
  }
}
