import type { LogGuard } from '#log';
import type { PublishedLogGuards } from '../published-readiness.js';
import { gauge } from './messaging-metrics.js';
import type { Metrics } from './metrics.js';

/**
 * How far the log is published, and whether it is the log that was published; the same of the
 * meta-log, where it is kept.
 */
export const measurePublishing = (metrics: Metrics, { log, metaLog }: PublishedLogGuards): void => {
  gauge(
    metrics,
    'ledger_published_entries',
    'Entries of the last published checkpoint, as this process knows it.',
    [],
    (set) => set(log.published),
  );
  gauge(
    metrics,
    'ledger_log_trusted',
    '0 while the database is not the log that was published: nothing is recorded.',
    [],
    (set) => set(trusted(log)),
  );
  if (!metaLog) return;
  gauge(
    metrics,
    'ledger_meta_log_published_entries',
    'Entries of the last published checkpoint of the meta-log, as this process knows it.',
    [],
    (set) => set(metaLog.published),
  );
  gauge(
    metrics,
    'ledger_meta_log_trusted',
    '0 while the meta-log is not the one that was published: it takes no checkpoints.',
    [],
    (set) => set(trusted(metaLog)),
  );
};

const trusted = ({ distrust }: LogGuard): number => (distrust === undefined ? 1 : 0);
