import type { EntryKind, Message, Topic } from '#contracts';

/** An entry to append. Everything personal is already sealed. */
export interface NewEntry {
  /** Opaque and unique: `evt_…`. */
  readonly id: string;
  readonly kind: EntryKind;
  /** When it happened. */
  readonly time: Date;
  readonly provider?: string;
  readonly alias?: string;
  /** Optimistic concurrency of aggregates: the entry becomes version n (from 1) of the stream. */
  readonly stream?: string;
  readonly version?: number;
  /** Intake only: who says it is the same event, and whether it says the same. */
  readonly intake?: {
    readonly source: string;
    readonly eventId: string;
    /**
     * HMAC of the content under a key that dies with the alias. What follows it (the time that was
     * said) is compared only where both have it: of two, the longer begins with the shorter.
     */
    readonly contentMac: Uint8Array;
  };
  readonly data: object;
  readonly sealed?: Uint8Array;
}

export interface AppendOptions {
  /** What a conflict does: it is an answer like others (default), or the whole call is refused. */
  readonly onConflict?: 'answer' | 'refuse';
}

export interface Appended {
  /** `conflict`: the same source and id was recorded with other content; nothing was changed. */
  readonly status: 'recorded' | 'duplicate' | 'conflict';
  /** Id, place and leaf hash (hex, RFC 6962 §2.1) of the recorded entry, or of the earlier one. */
  readonly id: string;
  readonly seq: number;
  readonly leafHash: string;
}

/** An entry as it is stored. */
export interface StoredEntry extends Message {
  readonly leafHash: Uint8Array;
}

/** The committed tree. `root` is hex; the empty tree has SHA-256 of the empty string. */
export interface Head {
  readonly size: number;
  readonly root: string;
}

/** An entry for who passes it on: its envelope, and its content as the text that was stored. */
export interface VerbatimEntry extends Omit<Message, 'data' | 'sealed'> {
  /** A JSON object: `data` and, where there is something sealed, `sealed` in base64url. */
  readonly content: string;
}

/** What a commit added. */
export interface Commit {
  /** Entries in the log after it. */
  readonly size: number;
  readonly topics: ReadonlySet<Topic>;
}

/**
 * Only entries of these topics, and only among the next `within`: what is rare would otherwise be
 * looked for through a whole log at once.
 */
export interface Among {
  readonly topics: readonly Topic[];
  readonly within: number;
}

/**
 * The append-only, tamper-evident log of one service: event store, outbox, ledger and Merkle tree
 * in one. Appends are group-committed; the answer comes after the commit.
 */
export abstract class Log {
  abstract readonly name: string;

  /**
   * Appends all entries of one call in one transaction. Intake entries are answered one by one, or
   * refused together with IntakeConflictError if `onConflict` says so: then none is recorded;
   * a stream at another version than expected refuses the whole call with ConcurrencyError.
   * Throws UnavailableError if the database is away: then nothing of the call may be assumed, and
   * repeating it is safe.
   */
  abstract append(
    entries: readonly NewEntry[],
    options?: AppendOptions,
  ): Promise<readonly Appended[]>;

  /** Entries with seq > after, in order; dense. */
  abstract read(options: {
    /** -1 for the beginning. */
    readonly after: number;
    readonly limit: number;
    readonly among?: Among;
  }): Promise<readonly StoredEntry[]>;

  /** As `read`, for who passes entries on: their content is not looked into. */
  abstract readVerbatim(options: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly VerbatimEntry[]>;

  /** All entries of a stream, by version. */
  abstract readStream(stream: string): Promise<readonly StoredEntry[]>;

  abstract head(): Promise<Head>;

  /**
   * Called after each commit of this process, so that readers need not wait for the next poll. Out:
   * ends that.
   */
  abstract onCommit(listener: (commit: Commit) => void): () => void;

  /** Finishes what is being written and lets go of the database. */
  abstract close(): Promise<void>;
}
