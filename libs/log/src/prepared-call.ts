import type { AppendOptions } from './log.js';
import type { PreparedEntry } from './prepare-entry.js';

/** One call of append, ready to be placed. */
export interface PreparedCall extends AppendOptions {
  readonly entries: readonly PreparedEntry[];
}
