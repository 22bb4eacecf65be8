import type { Client as PgClient } from 'pg';
import { DomainError } from '#kernel';
import type { SealedStatement } from './new-statement.js';
import { othersOfEvent, type Row } from './statement-table.js';

/** What the event of a void depends on. */
interface VoidPlace {
  readonly client: string;
  readonly known: ReadonlyMap<string, Row>;
  readonly batch: readonly SealedStatement[];
  /** What is voided earlier in the batch. */
  readonly voided: readonly string[];
  readonly isFresh: boolean;
}

/**
 * What the ledger is told. A void speaks of the event that the voided statement became: of none if
 * it became none, or if another statement, not voided, became the same.
 */
export const submissionOf = async (
  pg: PgClient,
  { submission, target }: SealedStatement,
  { client, known, batch, voided, isFresh }: VoidPlace,
): Promise<SealedStatement['submission']> => {
  if (submission?.report.is !== 'void' || target === undefined) return submission;
  const row = known.get(target);
  const sibling = batch.find(({ id }) => id === target);
  // One that is stored from before its target was known stays what it is.
  if (isFresh && (row?.is_void || sibling?.isVoid)) throw new DomainError('void-of-void');
  if (sibling && !row) return sibling.submission?.report.id === undefined ? undefined : submission;
  if (!row) return submission;
  if (row.event_id === null) return undefined;
  if (row.event_id === target) return submission;
  if ((await othersOfEvent(pg, client, row.event_id, [target, ...voided])) > 0) return undefined;
  const { report } = submission;
  return { ...submission, report: { ...report, target: { ...report.target, id: row.event_id } } };
};
