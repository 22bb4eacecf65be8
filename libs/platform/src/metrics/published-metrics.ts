import type { LogGuard } from '#log';
import { gauge } from './messaging-metrics.js';
import type { Metrics } from './metrics.js';

/** How far the log is published, and whether it is the log that was published. */
export const measurePublishing = (metrics: Metrics, guard: LogGuard): void => {
  gauge(
    metrics,
    'ledger_published_entries',
    'Entries of the last published checkpoint, as this process knows it.',
    [],
    (set) => set(guard.published),
  );
  gauge(
    metrics,
    'ledger_log_trusted',
    '0 while the database is not the log that was published: nothing is recorded.',
    [],
    (set) => set(guard.distrust === undefined ? 1 : 0),
  );
};
