import type { RelayStatus } from './kafka-relay.js';

/** Carries the log's entries to the projections of this process. */
export interface Transport {
  readonly kind: 'embedded' | 'kafka';
  start(): Promise<void>;
  /** Returns when nothing is in hand any more. */
  stop(): Promise<void>;
  /** Makes it look at these projections' places anew: a rebuild has emptied them. */
  rewind(projections: readonly string[]): void;
  /** Whether what it depends on is there. */
  readonly isReady: boolean;
  readonly relay?: RelayStatus;
}
