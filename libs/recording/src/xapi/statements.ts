import { createHash } from 'node:crypto';
import { DomainError, type Issue } from '#kernel';
import { canonicalJson as jcs } from '#merkle';
import { canonicalOf, sha256, type Submission } from '../content.js';
import { comparableStatement } from './comparable-statement.js';
import { defined } from '../domain/defined.js';
import { momentOf, type Report } from '../domain/report.js';
import { mapStatement } from '../domain/xapi.js';
import type { Statement } from '../domain/xapi-statement.js';
import { compile } from '../json-schema.js';
import { EVENT_BYTES_MAX } from '../native-event.js';
import { statementSchema } from './statement.schema.js';

export type StatementFormat = 'xapi-1.0.3' | 'xapi-2.0.0';

/** A statement that was read: what it says, or nothing if it is telemetry. */
export interface ReadStatement {
  /** As sent, in lower case; absent where the ledger has to choose one. */
  readonly id?: string;
  readonly submission?: Submission;
}

const check = compile(statementSchema);
/** SHA-1 (hex) of a mailto IRI (xAPI 1.0.3 part 2 §2.4.2.3). */
export const mailHash = (mbox: string): string => createHash('sha1').update(mbox).digest('hex');

const invalid = (issues: readonly Issue[]): DomainError =>
  new DomainError('invalid-input', undefined, issues);

/**
 * Reads the statements of one request. `source` is where they come from (ours, not xAPI's).
 * Throws DomainError `invalid-input` (pointers into the request) or `too-large` if any of them is
 * not as it should be, or if two have one id: a batch is stored whole or not at all.
 */
export const readStatements = (
  values: readonly unknown[],
  source: string,
  format: StatementFormat,
  pointerTo: (n: number) => string,
): readonly ReadStatement[] => {
  const issues: Issue[] = [];
  const ids = new Set<string>();
  const read = values.map((value, n) => {
    const found = formIssues(value);
    const statement = value as Statement;
    const mapped = found.length === 0 ? mapStatement(statement, mailHash) : undefined;
    if (mapped?.is === 'refused') found.push(...mapped.issues);
    const id = found.length === 0 ? statement.id?.toLowerCase() : undefined;
    if (id !== undefined && ids.has(id))
      found.push({ pointer: '#/id', detail: 'Another statement of the batch has this id.' });
    if (id !== undefined) ids.add(id);
    for (const { pointer, detail } of found)
      issues.push({ pointer: `#${pointerTo(n)}${pointer.slice(1)}`, detail });
    if (found.length > 0 || !mapped || mapped.is === 'refused') return {};
    return { ...defined({ id }), ...submissionOf(statement, mapped, source, format) };
  });
  if (issues.length > 0) throw invalid(issues);
  return read;
};

const formIssues = (value: unknown): Issue[] => {
  const canonical = canonicalOf(value);
  if ('detail' in canonical) return [{ pointer: '#', detail: canonical.detail }];
  const issues = [...check(value)];
  const time = issues.length === 0 ? (value as Statement).timestamp : undefined;
  return time !== undefined && momentOf(time) === undefined
    ? [{ pointer: '#/timestamp', detail: 'No calendar has this time.' }]
    : issues;
};

const submissionOf = (
  statement: Statement,
  mapped: Exclude<ReturnType<typeof mapStatement>, { is: 'refused' }>,
  source: string,
  format: StatementFormat,
): Pick<ReadStatement, 'submission'> => {
  if (mapped.is === 'telemetry') return {};
  const canonical = jcs(statement);
  if (Buffer.byteLength(canonical) > EVENT_BYTES_MAX)
    throw new DomainError('too-large', `A statement may have ${EVENT_BYTES_MAX} bytes.`);
  const { timestamp } = statement;
  const happened = timestamp === undefined ? undefined : momentOf(timestamp);
  const common = {
    source,
    ...defined({ id: statement.id?.toLowerCase() }),
    times: happened === undefined ? [] : [happened],
  };
  const report: Report =
    mapped.is === 'void'
      ? { is: 'void', ...common, target: { source, id: mapped.statementId }, reason: 'other' }
      : { is: 'learning', ...common, learner: mapped.learner, data: mapped.data };
  return {
    submission: {
      report,
      content: comparableStatement(statement),
      happenedAt: happened,
      raw: { format, sha256: sha256(canonical), verb: statement.verb.id },
      idStyle: 'uuid',
    },
  };
};
