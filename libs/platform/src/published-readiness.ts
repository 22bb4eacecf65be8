import type { LogGuard } from '#log';

/** The guards of the logs that a service publishes. */
export interface PublishedLogGuards {
  readonly log: LogGuard;
  /** Only where the service keeps the meta-log. */
  readonly metaLog: LogGuard | undefined;
}

/** What of the logs keeps a service from being ready; nothing if all is well. */
export const publishedReadiness = ({
  log,
  metaLog,
}: PublishedLogGuards): Readonly<Record<string, boolean | string>> => ({
  ...(log.distrust === undefined ? {} : { log: log.distrust }),
  ...(metaLog?.distrust === undefined ? {} : { 'meta-log': metaLog.distrust }),
  ...(log.isPublishing && metaLog?.isPublishing !== false ? {} : { checkpoints: false }),
});
