import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import { type Background, BackgroundTask, Log, LogGuard, PostgresTree } from '#log';
import { KeyRing } from '#vault';
import { PublishedLogs } from './published-logs.js';
import { Publisher } from './publisher.js';
import { originOf, SETTINGS, type TransparencySettings } from './settings.js';

/** Publishes the log of this service while it runs. */
@Injectable()
@BackgroundTask()
export class OwnLog implements Background {
  #publisher: Publisher | undefined;

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
    this.#publisher = await Publisher.start({
      name,
      tree: new PostgresTree(this.db, name),
      guard: this.guard,
      keyRing: this.keyRing,
      settings: this.settings,
      origin: this.settings.origin ?? originOf(this.publicUrl, name),
    });
    this.logs.add(this.#publisher.log);
  }

  async stop(): Promise<void> {
    await this.#publisher?.stop();
  }

  /** As Publisher.begin. */
  async begin(kept?: string): Promise<void> {
    await this.#publisher?.begin(kept);
  }

  /** As Publisher.step. */
  async step(): Promise<void> {
    await this.#publisher?.step();
  }
}
