/** A checkpoint that was published, as a signed note. */
export interface StoredCheckpoint {
  /** Counts what was published, from 1: what a swap is compared by. */
  readonly generation: number;
  readonly note: string;
}

/**
 * Where the last published checkpoint of a log is kept: apart from its database, so that a backup
 * that comes back, or a second database, meets what the log said to others. Durable before `swap`
 * answers.
 */
export abstract class CheckpointStore {
  /** What was published last; undefined before the first time. */
  abstract latest(): Promise<StoredCheckpoint | undefined>;

  /**
   * Publishes a note after the one that the caller saw as the latest. False if another came first:
   * then nothing was published.
   */
  abstract swap(seen: StoredCheckpoint | undefined, note: string): Promise<boolean>;

  /** Puts the same checkpoint with more signatures in the place of one that was published. */
  abstract replace(generation: number, note: string): Promise<void>;
}
