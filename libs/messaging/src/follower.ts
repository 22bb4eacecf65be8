import type { DataSource } from 'typeorm';
import type { Topic } from '#contracts';
import type { Log, Projection, StoredEntry } from '#log';
import type { Driver } from './driver.js';
import { type Carried, WHOLE_LOG } from './due.js';
import { codeOf } from './failure.js';
import { BACKOFF, Latch, pauseBefore } from './latch.js';
import type { LogReader } from './log-reader.js';
import type { MessagingLogger } from './logger.js';
import { PlaceMoved, type Places } from './places.js';
import type { Progress } from './progress.js';

export interface EmbeddedParts {
  readonly db: DataSource;
  readonly log: Log;
  readonly projections: readonly Projection[];
  readonly driver: Driver;
  readonly places: Places;
  readonly progress: Progress;
  readonly logger: MessagingLogger;
}

/** Without a call of `wake` it looks this often. */
const IDLE_MS = 5_000;
/** A stretch this long without anything of its topics is written down, so a restart is quick. */
const STRETCH = 5_000;

/**
 * One projection on its way along the log. Its place (in the database) is the last seq it took in;
 * its position (in memory) may be farther, where the entries between were of other topics.
 */
export class Follower {
  readonly name: string;
  readonly #latch = new Latch();
  #position = -1;
  #taken = -1;
  #observed = -1;
  #isPlaced = false;

  constructor(
    private readonly projection: Projection,
    private readonly reader: LogReader,
    private readonly parts: EmbeddedParts,
  ) {
    this.name = projection.name;
  }

  get position(): number {
    return this.#position;
  }

  /** Entries not looked at yet. */
  get lag(): number {
    return this.reader.head - this.#position;
  }

  /** Whether anything of these topics is for it. */
  reads(topics: ReadonlySet<Topic>): boolean {
    return this.projection.topics.some((topic) => topics.has(topic));
  }

  wake(): void {
    this.#latch.open();
  }

  /** Starts again from the place in the database. */
  rewind(): void {
    this.#isPlaced = false;
    this.wake();
  }

  /** Told the place in the database from time to time: it goes back only by a rebuild. */
  observe(place: number): void {
    if (place < this.#observed) this.rewind();
    this.#observed = place;
  }

  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted)
      try {
        const isMore = await this.#step(signal);
        if (failures > 0) this.parts.progress.advanced(this.name);
        failures = 0;
        if (!isMore) await this.#latch.wait(IDLE_MS, signal);
      } catch (error) {
        failures += 1;
        const { progress, logger } = this.parts;
        if (progress.stalled(this.name, codeOf(error)))
          logger.warn({ projection: this.name, code: codeOf(error) }, 'a projection cannot read');
        await pauseBefore(failures, BACKOFF, signal);
      }
  }

  /** Takes in one page; false when there was nothing to look at. */
  async #step(signal: AbortSignal): Promise<boolean> {
    if (!this.#isPlaced) await this.#place();
    const page = await this.reader.read(this.#position, this.projection.topics);
    if (page.upTo === this.#position) return false;
    const { driver } = this.parts;
    const batch = page.entries.map((entry, i) => this.#carry(entry, page.entries[i - 1]));
    if (batch.length > 0) {
      const { isStopped, gaps } = await driver.deliver(this.projection, WHOLE_LOG, batch, signal);
      if (isStopped) return false;
      // A gap here means that the place went back below our feet.
      if (gaps.size > 0) this.#isPlaced = false;
    }
    if (!this.#isPlaced) return true;
    this.#position = page.upTo;
    this.#taken = batch.at(-1)?.seq ?? this.#taken;
    if (this.#position - this.#taken >= STRETCH) await this.#writeDown();
    return true;
  }

  #carry(entry: StoredEntry, before: StoredEntry | undefined): Carried {
    const { log, seq } = entry;
    return { log, seq, previous: before?.seq ?? this.#taken, content: entry };
  }

  async #place(): Promise<void> {
    this.#isPlaced = true;
    try {
      const { places } = await this.parts.places.of(this.name, WHOLE_LOG);
      this.#taken = places.get(this.parts.log.name) ?? -1;
      this.#position = this.#taken;
    } catch (error) {
      this.#isPlaced = false;
      throw error;
    }
  }

  async #writeDown(): Promise<void> {
    const { db, log, places } = this.parts;
    const from = new Map(this.#taken < 0 ? [] : [[log.name, this.#taken]]);
    try {
      await db.transaction((transaction) =>
        places.move(transaction, this.name, WHOLE_LOG, from, [
          { log: log.name, seq: this.#position },
        ]),
      );
      this.#taken = this.#position;
    } catch (error) {
      if (!(error instanceof PlaceMoved)) throw error;
      this.#isPlaced = false;
    }
  }
}
