import type { Appended, AppendOptions, NewEntry } from './log.js';

/** What is known of an entry beside its bytes. */
export type Envelope = Omit<NewEntry, 'data' | 'sealed'>;

/** An entry whose bytes are settled. */
export interface EncodedEntry {
  readonly entry: Envelope;
  readonly leaf: Buffer;
}

/** How many bytes entries have together. */
export const bytesOf = (entries: readonly EncodedEntry[]): number =>
  entries.reduce((sum, { leaf }) => sum + leaf.length, 0);

/** One call of append: what was wrong with an entry has been told to its caller. */
export interface EncodedCall extends AppendOptions {
  readonly entries: readonly EncodedEntry[];
  readonly recordedAt: Date;
}

/** Writes calls in the order they came, in this thread or in one of its own. */
export interface LogWriter {
  /**
   * Answers after the commit. Throws what Log.append throws once the entries have their bytes; of what
   * PostgreSQL refuses, from another thread, only the message comes over.
   */
  append(call: EncodedCall): Promise<readonly Appended[]>;

  /** Waits for what was accepted, then lets go of the connections. */
  close(): Promise<void>;
}
