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
  /** What witnesses have signed it with so far. */
  readonly lines: string[];
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
  /** What is wrong with a witness, as it was said last. */
  readonly #troubles = new Map<WitnessClient, string>();
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
    this.#newest = { generation, publication, lines: [] };
    for (const client of this.#clients)
      if (!this.#running.has(client)) this.#running.set(client, this.#follow(client));
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
        if (line !== undefined) this.#add(offer, line);
        this.#report(client, '');
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        this.#report(client, error instanceof Error ? error.message : 'unknown error');
        await sleep(PAUSE_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
    // With the last look at the newest, so that none is missed.
    this.#running.delete(client);
  }

  /** Writes one at a time, each with all lines that there are. */
  #add({ generation, publication, lines }: Offer, line: string): void {
    lines.push(line);
    const note = `${keepSignatures(publication.note, [this.log.key])}${lines.join('')}`;
    this.log.witness({ checkpoint: publication.checkpoint, note });
    // What a later one has taken the place of is not published again.
    if (generation !== this.#newest?.generation) return;
    this.#writing = this.#writing
      .then(() => this.store.replace(generation, note))
      .catch(() => undefined);
  }

  /** Once for each change. */
  #report(client: WitnessClient, trouble: string): void {
    const { name } = client.address.key;
    if (trouble === (this.#troubles.get(client) ?? '')) return;
    this.#troubles.set(client, trouble);
    if (trouble === '') this.#logger.log(`the witness ${name} cosigns again`);
    else this.#logger.warn(`the witness ${name} did not cosign: ${trouble}`);
  }
}
