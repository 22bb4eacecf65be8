import type { EntryKind, Topic } from './topics.js';

/**
 * An entry as consumers see it, whatever carried it. The envelope is plain; `sealed` travels
 * sealed and is opened with the vault. Messages can arrive more than once and are skipped by
 * (log, seq) before a projection sees them.
 */
export interface Message {
  /** Name of the log that holds the entry. */
  readonly log: string;
  readonly seq: number;
  /** Ours, opaque: `evt_…`. */
  readonly id: string;
  readonly kind: EntryKind;
  readonly topic: Topic;
  /** When it happened (RFC 3339, UTC). */
  readonly time: string;
  readonly recordedAt: string;
  /** Id of the client that said it, or for which another corrected it: see corrector.ts. */
  readonly provider?: string;
  readonly alias?: string;
  readonly stream?: string;
  readonly version?: number;
  readonly data: object;
  /** AES-256-GCM under the alias' key; absent where a kind has nothing personal. */
  readonly sealed?: Uint8Array;
}
