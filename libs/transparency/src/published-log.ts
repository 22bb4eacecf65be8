import type { PostgresTree, TreeState } from '#log';
import { UnavailableError } from '#kernel';
import type { Checkpoint, NoteKey } from '#merkle';
import type { SignedCheckpoint } from './remote-log.js';

/** What a log has said of itself last, and a state of its tree that holds it. */
export interface Publication {
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly state: TreeState;
}

/** A log as this process shows it to others. */
export class PublishedLog {
  #publication: Publication | undefined;
  #witnessed: SignedCheckpoint | undefined;

  constructor(
    readonly name: string,
    readonly key: NoteKey,
    readonly tree: PostgresTree,
  ) {}

  publish(publication: Publication | undefined): void {
    this.#publication = publication;
  }

  /** Keeps what witnesses have signed, if it is the longest so far. */
  witness(witnessed: SignedCheckpoint): void {
    const { size } = this.#witnessed?.checkpoint ?? { size: 0 };
    if (witnessed.checkpoint.size >= size) this.#witnessed = witnessed;
  }

  /** The longest checkpoint that a witness has signed while this process runs. */
  get witnessed(): SignedCheckpoint | undefined {
    return this.#witnessed;
  }

  get isPublished(): boolean {
    return this.#publication !== undefined;
  }

  /** Throws UnavailableError before the first checkpoint, and while the log is not trusted. */
  get publication(): Publication {
    if (!this.#publication)
      throw new UnavailableError('the log', new Error('no checkpoint'), 'log-not-trusted');
    return this.#publication;
  }
}
