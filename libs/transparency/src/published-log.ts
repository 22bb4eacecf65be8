import type { PostgresTree, TreeState } from '#log';
import { UnavailableError } from '#kernel';
import type { Checkpoint, NoteKey } from '#merkle';

/** What a log has said of itself last, and a state of its tree that holds it. */
export interface Publication {
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly state: TreeState;
}

/** A log as this process shows it to others. */
export class PublishedLog {
  #publication: Publication | undefined;

  constructor(
    readonly name: string,
    readonly key: NoteKey,
    readonly tree: PostgresTree,
  ) {}

  publish(publication: Publication | undefined): void {
    this.#publication = publication;
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
