import type { IntakeCounts } from './intake-consumer.js';
import type { RelayStatus } from './kafka-relay.js';
import type { Lag } from './lags.js';

/** Carries the log's entries to the projections of this process. */
export interface Transport {
  readonly kind: 'embedded' | 'kafka';
  start(): Promise<void>;
  /** Returns when nothing is in hand any more. */
  stop(): Promise<void>;
  /** Makes it look at these projections' places anew: a rebuild has emptied them. */
  rewind(projections: readonly string[]): void;
  /** What waits for each of its readers. Rejects while that cannot be known. */
  lags(): Promise<readonly Lag[]>;
  /** Whether what it depends on is there. */
  readonly isReady: boolean;
  readonly relay?: RelayStatus;
  readonly intake?: IntakeCounts;
}
