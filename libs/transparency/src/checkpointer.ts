import type { KeyObject } from 'node:crypto';
import { failpoint, UnavailableError } from '#kernel';
import type { Distrust, LogGuard, TreeState } from '#log';
import {
  type Checkpoint,
  consistencyProof,
  formatCheckpoint,
  openNote,
  parseCheckpoint,
  rootAt,
  signNote,
  tileReader,
  verifyConsistency,
} from '#merkle';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import type { PublishedLog } from './published-log.js';

/**
 * Publishes checkpoints of a log. One step, in this order: read what was published last; read the
 * committed tree; show that it begins with the published one; sign; compare-and-swap the signed
 * note outside the database; show it to others. Whatever fails before the swap has published
 * nothing, and a process that dies after it finds the note there.
 *
 * A tree that does not begin with the published one is neither signed nor let grow (LogGuard), as
 * long as it stays so: each step looks anew.
 */
export class Checkpointer {
  constructor(
    private readonly log: PublishedLog,
    private readonly privateKey: KeyObject,
    private readonly store: CheckpointStore,
    private readonly guard: LogGuard,
  ) {}

  /**
   * Answers the generation that was published just now, if one was. `isFirst`: somebody has said that
   * nothing was published before, so a log that has entries may begin. Throws UnavailableError if
   * the database is away and what the store throws.
   */
  async step({ isFirst = false } = {}): Promise<number | undefined> {
    const seen = await this.store.latest();
    // After the store: a checkpoint is published for what was committed before.
    const state = await this.#state();
    const last = seen && this.#open(seen.note);
    const distrust = state && (await this.#distrust(seen, last, state, isFirst));
    if (!state || distrust !== undefined) {
      this.guard.refuse(distrust ?? 'not-as-published');
      this.log.publish(undefined);
      return undefined;
    }
    this.guard.trust(last?.size ?? 0);
    if (seen && last?.size === state.size) {
      this.log.publish({ checkpoint: last, note: seen.note, state });
      return undefined;
    }
    const { name: origin } = this.log.key;
    const checkpoint = { origin, size: state.size, root: state.root };
    const note = signNote(formatCheckpoint(checkpoint), origin, this.privateKey);
    await failpoint('checkpoint.after-signature');
    // Another process was first: the next step sees what it published.
    if (!(await this.store.swap(seen, note))) return undefined;
    await failpoint('checkpoint.after-swap');
    this.guard.trust(state.size);
    this.log.publish({ checkpoint, note, state });
    await failpoint('checkpoint.after-publish');
    return (seen?.generation ?? 0) + 1;
  }

  /** Undefined if it cannot be read for what it says: it is damaged. */
  async #state(): Promise<TreeState | undefined> {
    try {
      return await this.log.tree.state();
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      return undefined;
    }
  }

  /**
   * Takes a checkpoint that somebody kept for what was published last, where nothing is known. Throws
   * unless this log's key has signed it, under the name that the log has.
   */
  async adopt(kept: string): Promise<void> {
    if (!this.#open(kept)) throw new Error(`no checkpoint of ${this.log.key.name} by our key`);
    if (!(await this.store.swap(undefined, kept)))
      throw new Error('there are checkpoints of this log already');
  }

  /** Undefined if the note is not of this log, signed by its key. */
  #open(note: string): Checkpoint | undefined {
    try {
      const checkpoint = parseCheckpoint(openNote(note, [this.log.key]));
      return checkpoint.origin === this.log.key.name ? checkpoint : undefined;
    } catch {
      return undefined;
    }
  }

  async #distrust(
    seen: StoredCheckpoint | undefined,
    last: Checkpoint | undefined,
    state: TreeState,
    isFirst: boolean,
  ): Promise<Distrust | undefined> {
    // Asked twice: another process may have published the first since.
    if (!seen && state.size > 0 && !isFirst && !(await this.store.latest()))
      return 'without-its-published-checkpoints';
    if (seen && !last) return 'checkpoint-of-another-key';
    if (last && state.size < last.size) return 'behind-the-published-checkpoint';
    try {
      return (await this.#begins(last, state)) ? undefined : 'not-as-published';
    } catch (error) {
      // Tiles or the edge that do not fit the size: the tree is damaged.
      if (error instanceof UnavailableError) throw error;
      return 'not-as-published';
    }
  }

  async #begins(last: Checkpoint | undefined, state: TreeState): Promise<boolean> {
    const { size, root } = state;
    const read = tileReader((level, index) => this.log.tree.tile(state, level, index));
    // Of the edge alone, which is what the next append builds on.
    if (!root.equals(await rootAt(size, read))) return false;
    if (!last || last.size === 0) return true;
    const proof = await consistencyProof(last.size, size, read);
    return verifyConsistency({ from: last.size, fromRoot: last.root, size, root, proof });
  }
}
