import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import { type Background, BackgroundTask, Log, MetaLogGuard } from '#log';
import { keepSignatures, parseVerifierKey } from '#merkle';
import { KeyRing } from '#vault';
import { META, MetaStore } from './meta-store.js';
import { MetaTree } from './meta-tree.js';
import { PublishedLogs } from './published-logs.js';
import { Publisher } from './publisher.js';
import { openCheckpoint, RemoteLog, type SignedCheckpoint } from './remote-log.js';
import { originOf, SETTINGS, type TransparencySettings } from './settings.js';
import { verifyLog } from './verify-log.js';

const INTERVAL_MS = 10_000;
const TIMEOUT_MS = 5_000;

/**
 * One root for all logs of an installation: a log whose entries are their signed checkpoints. Takes
 * a checkpoint only after it has shown that the log begins with the one before.
 */
@Injectable()
@BackgroundTask()
export class MetaLog implements Background {
  readonly #logger = new Logger('transparency');
  readonly #store: MetaStore;
  readonly #troubles = new Map<string, string>();
  #publisher: Publisher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  constructor(
    @Inject(SETTINGS) private readonly settings: TransparencySettings,
    @Inject(Log) private readonly log: Log,
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(KeyRing) private readonly keyRing: KeyRing,
    @Inject(PublicUrl) private readonly publicUrl: PublicUrl,
    @Inject(MetaLogGuard) private readonly guard: MetaLogGuard,
    private readonly logs: PublishedLogs,
  ) {
    this.#store = new MetaStore(db, guard);
  }

  async start(): Promise<void> {
    this.#publisher = await Publisher.start({
      name: META,
      tree: new MetaTree(this.db),
      guard: this.guard,
      keyRing: this.keyRing,
      settings: this.settings,
      origin: this.settings.meta?.origin ?? originOf(this.publicUrl, META),
    });
    this.logs.add(this.#publisher.log);
    // The other services may not be there yet: nobody waits for them.
    void this.#next();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#round;
    await this.#publisher?.stop();
  }

  /** As Publisher.begin. */
  async begin(kept?: string): Promise<void> {
    await this.#publisher?.begin(kept);
  }

  /** Takes what the logs have published since, and publishes it. */
  async round(): Promise<void> {
    await this.#round;
    clearTimeout(this.#timer);
    await this.#next();
    await this.#publisher?.step();
  }

  /** The last checkpoint of each log, and its place here. */
  latest(): ReturnType<MetaStore['latest']> {
    return this.#store.latest();
  }

  async #next(): Promise<void> {
    this.#round = this.#take();
    await this.#round;
    if (!this.#stopped.signal.aborted)
      this.#timer = setTimeout(() => void this.#next(), INTERVAL_MS);
  }

  /** Never throws: what cannot be had now is had the next time. */
  async #take(): Promise<void> {
    const found: SignedCheckpoint[] = [];
    for (const name of [this.log.name, ...(this.settings.meta?.logs ?? [])])
      await this.#attempt(name, async () => {
        found.push(name === this.log.name ? this.#own() : await this.#remote(name));
      });
    await this.#attempt(META, () => this.#store.append(found));
  }

  /** Of the log beside it: its checkpointer has shown that it only grew. */
  #own(): SignedCheckpoint {
    const { key, publication } = this.logs.get(this.log.name);
    return openCheckpoint(keepSignatures(publication.note, [key]), key);
  }

  async #remote(name: string): Promise<SignedCheckpoint> {
    const { signal } = this.#stopped;
    const address = `${this.settings.meta?.url ?? ''}/log/${name}`;
    const key = parseVerifierKey(await this.#store.keyOf(name, await vkeyAt(address, signal)));
    const last = (await this.#store.latest()).find(({ note }) => note.startsWith(`${key.name}\n`));
    const now = await verifyLog(
      new RemoteLog(address, key, { signal }),
      last && openCheckpoint(last.note, key),
    );
    return { ...now, note: keepSignatures(now.note, [key]) };
  }

  /** Says what is wrong once for each change. */
  async #attempt(name: string, run: () => Promise<void>): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    let trouble = '';
    try {
      await run();
    } catch (error) {
      trouble = error instanceof Error ? error.message : 'unknown error';
    }
    if (trouble !== '' && trouble !== this.#troubles.get(name))
      this.#logger.warn(`the meta-log has nothing new of ${name}: ${trouble}`);
    this.#troubles.set(name, trouble);
  }
}

const vkeyAt = async (address: string, stopped: AbortSignal): Promise<string> => {
  const response = await fetch(`${address}/vkey`, {
    redirect: 'error',
    signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return text.trim();
};
