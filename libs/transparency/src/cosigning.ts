import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { keepSignatures, tileReader } from '#merkle';
import type { CheckpointStore } from './checkpoint-store.js';
import type { Publication, PublishedLog } from './published-log.js';
import { type WitnessAddress, WitnessClient } from './witness-client.js';

/** After a failure a witness is left in peace for so long. */
const PAUSE_MS = 5_000;

interface Offer {
  readonly generation: number;
  readonly publication: Publication;
}

/**
 * Has published checkpoints cosigned by witnesses and puts their signatures on them. Each witness is
 * asked in a loop of its own, always for the newest, so that one which is slow or away keeps neither
 * the log nor the others waiting.
 */
export class Cosigning {
  readonly #logger = new Logger('transparency');
  readonly #clients: readonly WitnessClient[];
  readonly #running = new Map<WitnessClient, Promise<void>>();
  readonly #stopped = new AbortController();
  #newest: Offer | undefined;
  /** Lines for the newest offer. */
  #lines: readonly string[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: PublishedLog,
    private readonly store: CheckpointStore,
    witnesses: readonly WitnessAddress[],
  ) {
    this.#clients = witnesses.map((witness) => new WitnessClient(witness));
  }

  /** Takes up what was published just now. Returns at once. */
  offer(generation: number, publication: Publication): void {
    this.#newest = { generation, publication };
    this.#lines = [];
    for (const client of this.#clients)
      if (!this.#running.has(client)) {
        const running = this.#follow(client).finally(() => this.#running.delete(client));
        this.#running.set(client, running);
      }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running.values());
    await this.#writing;
  }

  /** Until the witness has followed to the newest. Never throws. */
  async #follow(client: WitnessClient): Promise<void> {
    let done: Offer | undefined;
    while (this.#newest && this.#newest !== done && !this.#stopped.signal.aborted) {
      const offer = this.#newest;
      try {
        const { state } = offer.publication;
        const read = tileReader((level, index) => this.log.tree.tile(state, level, index));
        const line = await client.offer(offer.publication, read, this.#stopped.signal);
        done = offer;
        if (line !== undefined && offer === this.#newest) this.#add(offer, line);
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        const reason = error instanceof Error ? error.message : 'unknown error';
        this.#logger.warn(`the witness ${client.address.key.name} did not cosign: ${reason}`);
        await sleep(PAUSE_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
  }

  /** One at a time: each writes all lines that there are. */
  #add({ generation, publication }: Offer, line: string): void {
    this.#lines = [...this.#lines, line];
    const note = `${keepSignatures(publication.note, [this.log.key])}${this.#lines.join('')}`;
    this.#writing = this.#writing
      .then(() => this.store.replace(generation, note))
      .catch(() => undefined);
  }
}
