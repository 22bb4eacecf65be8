import { UnavailableError } from '#kernel';

/** Why this database is not the log that was published: what an operator reads at /health/ready. */
export type Distrust =
  /** It has fewer entries than were published: an old backup, most likely. */
  | 'behind-the-published-checkpoint'
  /** Its tree is not the published one: entries or tiles were rewritten, or it is another log. */
  | 'not-as-published'
  /** Nothing is known to be published, yet it has entries: its checkpoints were left elsewhere. */
  | 'without-its-published-checkpoints'
  /** The published checkpoint was signed by a key that this service does not hold. */
  | 'checkpoint-of-another-key';

/**
 * Keeps a database that is not the log as published from growing: what was published elsewhere
 * tells. Whoever publishes moves it; the writer asks it under the lock of the log's state. Knows
 * nothing, and lets everything through, where nobody publishes.
 */
export class LogGuard {
  #published = 0;
  #distrust: Distrust | undefined;
  readonly #listeners = new Set<() => void>();
  /** False while what is recorded cannot be published: the checkpoints' folder is away, say. */
  isPublishing = true;

  /** Entries of the last published checkpoint. */
  get published(): number {
    return this.#published;
  }

  get distrust(): Distrust | undefined {
    return this.#distrust;
  }

  /** The log is as published, up to this size. */
  trust(published: number): void {
    this.#published = published;
    this.#distrust = undefined;
    this.#tell();
  }

  refuse(distrust: Distrust): void {
    this.#distrust = distrust;
    this.#tell();
  }

  /** Called after each change of what is published, or trusted. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Throws UnavailableError (`log-not-trusted`) unless a log may be served and grow that has `size`
   * entries now; without a size, unless it was found wanting.
   */
  check(size?: number): void {
    if (size !== undefined && size < this.#published && this.#distrust === undefined)
      this.refuse('behind-the-published-checkpoint');
    if (this.#distrust !== undefined)
      throw new UnavailableError('the log', new Error(this.#distrust), 'log-not-trusted');
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The guard of the meta-log, where a service keeps that (ADR 8): another log, in the same process. */
export class MetaLogGuard extends LogGuard {}
