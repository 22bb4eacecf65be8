import { Logger } from '@nestjs/common';
import type { LogGuard, PostgresTree } from '#log';
import { noteKey, parseCheckpoint, splitNote } from '#merkle';
import type { KeyRing } from '#vault';
import { Checkpointer } from './checkpointer.js';
import { Cosigning } from './cosigning.js';
import { PublishedLog } from './published-log.js';
import type { TransparencySettings } from './settings.js';
import { checkpointKey, checkpointStore } from './stored-checkpoints.js';

/** A receipt becomes a proof within two seconds: this, and a step after it. */
const INTERVAL_MS = 500;

const HINT = ' (docs/operations.md, "The log is not as published")';

export interface PublisherOptions {
  readonly name: string;
  readonly tree: PostgresTree;
  readonly guard: LogGuard;
  readonly keyRing: KeyRing;
  readonly settings: TransparencySettings;
  /** What the log is called, unless it was published under another name before. */
  readonly origin: string;
}

/** Publishes checkpoints of one log, and has them cosigned, until it is stopped. */
export class Publisher {
  readonly #logger = new Logger('transparency');
  readonly #guard: LogGuard;
  #timer: NodeJS.Timeout | undefined;
  #step: Promise<void> | undefined;
  #isStopped = false;
  #trouble = '';

  private constructor(
    readonly log: PublishedLog,
    private readonly checkpointer: Checkpointer,
    private readonly cosigning: Cosigning,
    guard: LogGuard,
  ) {
    this.#guard = guard;
  }

  /** Publishes for the first time, or finds what was published. Throws if it can do neither. */
  static async start(options: PublisherOptions): Promise<Publisher> {
    const { name, tree, guard, keyRing, settings } = options;
    const store = checkpointStore(settings.checkpointsDir, name);
    await store.open();
    const last = await store.latest();
    // The name that the log was first published under stays, wherever it is served later.
    const origin = last ? parseCheckpoint(splitNote(last.note).text).origin : options.origin;
    const privateKey = checkpointKey(keyRing, name);
    const log = new PublishedLog(name, noteKey(origin, privateKey), tree);
    const publisher = new Publisher(
      log,
      new Checkpointer(log, privateKey, store, guard),
      new Cosigning(log, store, settings.witnesses ?? []),
      guard,
    );
    // Not before the first checkpoint: a log that grew without one would not be trusted later.
    await publisher.#publish();
    const now = await store.latest();
    if (now && log.isPublished) publisher.cosigning.offer(now.generation, log.publication);
    await publisher.#next();
    return publisher;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#step;
    await this.cosigning.stop();
  }

  /**
   * Publishes a log that has entries where no checkpoint of it is kept: after the one that somebody
   * else kept (a signed note), or for the first time. Throws if the log does not begin with it.
   */
  async begin(kept?: string): Promise<void> {
    if (kept !== undefined) await this.checkpointer.adopt(kept);
    await this.checkpointer.step({ isFirst: kept === undefined });
    this.#guard.check();
  }

  /** Looks now instead of at the next moment. */
  async step(): Promise<void> {
    await this.#step;
    clearTimeout(this.#timer);
    await this.#next();
  }

  async #next(): Promise<void> {
    this.#step = this.#attempt();
    await this.#step;
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#next(), INTERVAL_MS);
  }

  async #publish(): Promise<void> {
    const generation = await this.checkpointer.step();
    if (generation !== undefined) this.cosigning.offer(generation, this.log.publication);
  }

  /** Never throws: the log goes on without being published, and readiness says so. */
  async #attempt(): Promise<void> {
    try {
      await this.#publish();
      this.#guard.isPublishing = true;
      this.#report(this.#guard.distrust ?? '');
    } catch (error) {
      this.#guard.isPublishing = false;
      this.#report(error instanceof Error ? error.message : 'unknown');
    }
  }

  /** Once for each change. */
  #report(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === '') this.#logger.log(`checkpoints of ${this.log.name} are published again`);
    else this.#logger.error(`no checkpoint of ${this.log.name} is published: ${trouble}${HINT}`);
  }
}
