import { UnavailableError } from './errors.js';
import { sameMoment } from './same-moment.js';

/**
 * So many items go together. More would gain little, and large ones might be more than may be recorded at
 * once: then all would be done twice.
 */
const ITEMS_MAX = 250;

interface Waiting<In, Out> {
  readonly items: readonly In[];
  readonly resolve: (answers: readonly Out[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one call of those that come at the same moment: what many send one by one
 * then costs little more than what one sends as a batch. `work` answers each item, in order, and may
 * be repeated. A call waits for none that comes later.
 */
export class Gathering<Key, In, Out> {
  readonly #work: (key: Key, items: readonly In[]) => Promise<readonly Out[]>;
  readonly #waiting = new Map<Key, Waiting<In, Out>[]>();

  constructor(work: (key: Key, items: readonly In[]) => Promise<readonly Out[]>) {
    this.#work = work;
  }

  /**
   * Answers each item, in order. Only calls of the same key go together. Throws what `work` throws
   * for these items: if it throws anything but UnavailableError for several calls, each is made by
   * itself, as what is wrong with one is no trouble to the others.
   */
  call(key: Key, items: readonly In[]): Promise<readonly Out[]> {
    return new Promise((resolve, reject) => {
      const call = { items, resolve, reject };
      const waiting = this.#waiting.get(key);
      if (waiting && countOf(waiting) + items.length <= ITEMS_MAX) {
        waiting.push(call);
        return;
      }
      const calls = [call];
      this.#waiting.set(key, calls);
      void this.#begin(key, calls);
    });
  }

  async #begin(key: Key, calls: readonly Waiting<In, Out>[]): Promise<void> {
    await sameMoment();
    if (this.#waiting.get(key) === calls) this.#waiting.delete(key);
    await this.#answer(key, calls);
  }

  /** Never throws: each call gets its answers or its error. */
  async #answer(key: Key, calls: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const answers = await this.#work(
        key,
        calls.flatMap(({ items }) => items),
      );
      if (answers.length !== countOf(calls)) throw new Error('an item got no answer');
      let at = 0;
      for (const { items, resolve } of calls) resolve(answers.slice(at, (at += items.length)));
    } catch (error) {
      if (calls.length > 1 && !(error instanceof UnavailableError))
        for (const call of calls) await this.#answer(key, [call]);
      else for (const { reject } of calls) reject(error);
    }
  }
}

const countOf = (calls: readonly { readonly items: readonly unknown[] }[]): number =>
  calls.reduce((sum, { items }) => sum + items.length, 0);
