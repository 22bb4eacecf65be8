import type { Measured } from '../row.js';

/** What a limit is measured with. */
export interface Given {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  readonly topic: string;
  /** Records in a round. */
  readonly count: number;
}

export interface Limit {
  round(): Promise<Measured>;
  close(): Promise<void>;
}
