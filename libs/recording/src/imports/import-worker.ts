import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Bell, DomainError, isAway } from '#kernel';
import { type Background, BackgroundTask } from '#log';
import { Clients } from '../clients.js';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { Quota } from '../deliveries/quota.js';
import { Recorder } from '../recorder.js';
import { ImportRun, Interrupted, Paused } from './import-run.js';
import { ImportStore } from './import-store.js';
import { CLAIMS_MAX, LEASE_SECONDS, LOOK_FOR_WORK_MS, SWEEP_MS, WORKERS } from './limits.js';
import { type Claim, RunningStore } from './running-store.js';
import { StoredFiles } from './stored-files.js';

/** After a failure that is no fault of the import's: it is tried again, by whoever comes first. */
const FAILED_WAIT_MS = 5_000;

/** Reads what was confirmed, in the background, in whichever process holds its lease. */
@Injectable()
@BackgroundTask()
export class ImportWorker implements Background {
  readonly #stop = new AbortController();
  readonly #logger = new Logger('imports');
  #loops: readonly Promise<void>[] = [];
  readonly #bell = new Bell();
  #sweptAt = 0;

  constructor(
    private readonly store: ImportStore,
    private readonly running: RunningStore,
    private readonly files: StoredFiles,
    private readonly clients: Clients,
    private readonly recorder: Recorder,
    private readonly deliveries: DeliveryBook,
    private readonly quota: Quota,
  ) {}

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  start(): Promise<void> {
    this.#loops = Array.from({ length: WORKERS }, () => this.#loop());
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await Promise.all(this.#loops);
  }

  /** There is something to do. */
  wake(): void {
    this.#bell.ring();
  }

  async #loop(): Promise<void> {
    const holder = randomUUID();
    while (!this.signal.aborted)
      try {
        await this.#sweep();
        const claimed = await this.running.claim(holder);
        if (claimed) await this.#run(claimed, holder);
        else await this.#rest(LOOK_FOR_WORK_MS);
      } catch (error) {
        if (isAway(error)) this.#logger.warn({ code: 'unavailable' }, 'an import waits');
        else this.#logger.error({ err: error }, 'an import stopped');
        await this.#rest(FAILED_WAIT_MS);
      }
  }

  async #run(claim: Claim, holder: string): Promise<void> {
    const { id } = claim;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.signal]);
    const beat = this.#hold(id, holder, stop);
    // Whether it ended for a reason that is ours, and not because something else is away.
    let isOurs = true;
    try {
      const stored = await this.store.find(id);
      const client = await this.clients.find(stored.client);
      if (!client || !stored.mapping) throw new DomainError('internal-error');
      const run = { stored, mapping: stored.mapping, client, holder, claim, signal };
      const { store, files, running, recorder, deliveries, quota } = this;
      const go = new ImportRun(run, store, files, running, recorder, deliveries, quota);
      await (claim.goes > CLAIMS_MAX ? go.giveUp() : go.toEnd());
    } catch (error) {
      isOurs = !(error instanceof Interrupted || error instanceof Paused || isAway(error));
      // No worker waits with it: others' imports go on meanwhile.
      if (error instanceof Paused) return await this.running.pause(id, holder, error);
      const isGone = error instanceof DomainError && error.code === 'not-found';
      if (!(error instanceof Interrupted) && !isGone) throw error;
    } finally {
      stop.abort();
      await beat;
      if (!isOurs || this.signal.aborted)
        await this.running.release(id, holder).catch(() => undefined);
    }
  }

  /** Also while a batch waits for something that is away, the lease stays ours. */
  async #hold(id: string, holder: string, stop: AbortController): Promise<void> {
    const each = (LEASE_SECONDS * 1_000) / 3;
    for (;;) {
      await sleep(each, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      if (stop.signal.aborted) return;
      const isOurs = await this.running.hold(id, holder).catch(() => true);
      if (!isOurs) stop.abort();
    }
  }

  async #sweep(): Promise<void> {
    if (performance.now() - this.#sweptAt < SWEEP_MS && this.#sweptAt > 0) return;
    this.#sweptAt = performance.now();
    await this.store.sweep();
  }

  #rest(ms: number): Promise<void> {
    return this.signal.aborted ? Promise.resolve() : this.#bell.wait(ms);
  }
}
