import type { Topic } from '#contracts';
import type { Log, StoredEntry } from '#log';
import { BATCH_MAX } from './batch-size.js';

/** Entries after a position, and the seq up to which there are no others of these topics. */
export interface Page {
  readonly entries: readonly StoredEntry[];
  readonly upTo: number;
}

/** Farther behind than this, a follower reads only its own topics. */
const NEAR = 2 * BATCH_MAX;
/** So many entries are looked at in one read: some 20 MB, and a moment. */
const WITHIN = 20_000;

/**
 * Reads the log for many followers. Those near its end mostly stand at the same place: they share
 * one read of all their topics; one that is far behind has its own picked out by the database. What
 * nobody follows is never read.
 */
export class LogReader {
  readonly #shared = new Map<number, Promise<Page>>();
  #head = -1;

  constructor(
    private readonly log: Log,
    /** Those of all followers. */
    private readonly topics: readonly Topic[],
  ) {}

  /** The highest seq known to be committed. */
  get head(): number {
    return this.#head;
  }

  /** Told that so many entries are committed. */
  committed(size: number): void {
    this.#head = Math.max(this.#head, size - 1);
  }

  async refreshHead(): Promise<void> {
    const { size } = await this.log.head();
    this.committed(size);
  }

  async read(after: number, topics: readonly Topic[]): Promise<Page> {
    if (this.#head - after > NEAR) return this.#read(after, topics);
    const { entries, upTo } = await this.#readShared(after);
    return { entries: entries.filter(({ topic }) => topics.includes(topic)), upTo };
  }

  async #read(after: number, topics: readonly Topic[]): Promise<Page> {
    // As it was before: what is committed during the read may be of these topics.
    const head = this.#head;
    const among = { topics, within: WITHIN };
    const entries = await this.log.read({ after, limit: BATCH_MAX, among });
    const last = entries.at(-1)?.seq ?? after;
    this.committed(last + 1);
    if (entries.length === BATCH_MAX) return { entries, upTo: last };
    return { entries, upTo: Math.min(Math.max(head, last), after + WITHIN) };
  }

  async #readShared(after: number): Promise<Page> {
    const running = this.#shared.get(after);
    if (running) return running;
    const page = this.#read(after, this.topics).finally(() => this.#shared.delete(after));
    this.#shared.set(after, page);
    return page;
  }
}
