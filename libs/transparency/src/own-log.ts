import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import { type Background, BackgroundTask, Log, LogGuard, PostgresTree } from '#log';
import { noteKey, parseCheckpoint, splitNote } from '#merkle';
import { KeyRing } from '#vault';
import { Checkpointer } from './checkpointer.js';
import { Cosigning } from './cosigning.js';
import type { FileCheckpointStore } from './file-checkpoint-store.js';
import { PublishedLog } from './published-log.js';
import { PublishedLogs } from './published-logs.js';
import { checkpointKey, checkpointStore } from './stored-checkpoints.js';
import { SETTINGS, type TransparencySettings } from './settings.js';

/** A receipt becomes a proof within two seconds, this and a step after it. */
const INTERVAL_MS = 500;

/** Publishes checkpoints of the log of this service while it runs. */
@Injectable()
@BackgroundTask()
export class OwnLog implements Background {
  readonly #logger = new Logger('transparency');
  #checkpointer: Checkpointer | undefined;
  #published: PublishedLog | undefined;
  #cosigning: Cosigning | undefined;
  #timer: NodeJS.Timeout | undefined;
  #step: Promise<void> | undefined;
  #isStopped = false;
  #trouble = '';

  constructor(
    @Inject(SETTINGS) private readonly settings: TransparencySettings,
    @Inject(Log) private readonly log: Log,
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(KeyRing) private readonly keyRing: KeyRing,
    @Inject(PublicUrl) private readonly publicUrl: PublicUrl,
    @Inject(LogGuard) private readonly guard: LogGuard,
    private readonly logs: PublishedLogs,
  ) {}

  async start(): Promise<void> {
    const { name } = this.log;
    const store = checkpointStore(this.settings.checkpointsDir, name);
    await store.open();
    const privateKey = checkpointKey(this.keyRing, name);
    const origin = await this.#origin(store);
    const published = new PublishedLog(
      name,
      noteKey(origin, privateKey),
      new PostgresTree(this.db, name),
    );
    this.logs.add(published);
    this.#published = published;
    this.#cosigning = new Cosigning(published, store, this.settings.witnesses ?? []);
    this.#checkpointer = new Checkpointer(published, privateKey, store, this.guard);
    // Not before the first checkpoint: a log that grew without one would not be trusted later.
    await this.#publish();
    const last = await store.latest();
    if (last && published.isPublished)
      this.#cosigning.offer(last.generation, published.publication);
    await this.#next();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#step;
    await this.#cosigning?.stop();
  }

  /** Publishes the first checkpoint of a log that has entries. Throws if it may not be that. */
  async begin(): Promise<void> {
    await this.#checkpointer?.step({ isFirst: true });
    this.guard.check();
  }

  /** Looks now instead of at the next moment. */
  async step(): Promise<void> {
    await this.#step;
    clearTimeout(this.#timer);
    await this.#next();
  }

  /** The name that the log was first published under stays, wherever it is served later. */
  async #origin(store: FileCheckpointStore): Promise<string> {
    const { origin } = this.settings;
    if (origin !== undefined) return origin;
    const last = await store.latest();
    if (last) return parseCheckpoint(splitNote(last.note).text).origin;
    return `${this.publicUrl.href.replace(/^https?:\/\//u, '')}/log/${this.log.name}`;
  }

  async #next(): Promise<void> {
    this.#step = this.#attempt();
    await this.#step;
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#next(), INTERVAL_MS);
  }

  async #publish(): Promise<void> {
    const generation = await this.#checkpointer?.step();
    if (generation !== undefined && this.#published)
      this.#cosigning?.offer(generation, this.#published.publication);
  }

  /** Never throws: the log goes on without being published, and readiness says so. */
  async #attempt(): Promise<void> {
    try {
      await this.#publish();
      this.guard.isPublishing = true;
      this.#report(this.guard.distrust ?? '');
    } catch (error) {
      this.guard.isPublishing = false;
      this.#report(error instanceof Error ? error.message : 'unknown');
    }
  }

  /** Once for each change. */
  #report(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === '') this.#logger.log('checkpoints are published again');
    else this.#logger.error(`no checkpoint is published: ${trouble}`);
  }
}
