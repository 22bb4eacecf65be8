import { DomainError, type Issue } from '#kernel';
import { canonicalJson as jcs } from '#merkle';
import { mailHash, sha256, unstorable, type Submission } from '../content.js';
import { comparableStatement } from './comparable-statement.js';
import { defined } from '../domain/defined.js';
import { momentOf, type Report } from '../domain/report.js';
import { mapStatement } from '../domain/xapi.js';
import type { Statement } from '../domain/xapi-statement.js';
import { compile, type Check } from '../json-schema.js';
import { EVENT_BYTES_MAX } from '../native-event.js';
import type { XapiVersion } from './resource.js';
import { ruleIssues } from './statement-rules.js';
import { statementSchema } from './statement.schema.js';

/** What an entry says it was made from. */
export type StatementFormat = `xapi-${XapiVersion}`;

/** So many issues are told at least, if there are so many, before the rest is not looked at. */
const ISSUES_MAX = 100;

const checks: Readonly<Record<XapiVersion, Check>> = {
  '1.0.3': compile(statementSchema('1.0.3')),
  '2.0.0': compile(statementSchema('2.0.0')),
};

/**
 * What is wrong with a value as a statement of this version (part 2 §2.2 to §4.6 of 1.0.3, §4.2 of
 * IEEE 9274.1.1); nothing for a valid one. Pointers begin at the statement ("#/actor/mbox").
 */
export const statementIssues = (value: unknown, version: XapiVersion): readonly Issue[] => {
  const detail = unstorable(value);
  if (detail !== undefined) return [{ pointer: '#', detail }];
  const issues = checks[version](value);
  return issues.length > 0 ? issues : ruleIssues(value as Statement);
};

/**
 * The statements of one request, checked; `pointerTo` says where in the request the nth stands.
 * Throws DomainError `invalid-input` with its issues if any of them is not as it should be, or if
 * two have one id: a batch is stored whole or not at all (part 3 §2.1.2).
 */
export const checkStatements = (
  values: readonly unknown[],
  version: XapiVersion,
  pointerTo: (n: number) => string,
): readonly Statement[] => {
  const issues: Issue[] = [];
  const ids = new Set<string>();
  const tell = (n: number, { pointer, detail }: Issue): void => {
    issues.push({ pointer: `#${pointerTo(n)}${pointer.slice(1)}`, detail });
  };
  for (const [n, value] of values.entries()) {
    if (issues.length >= ISSUES_MAX) break;
    const found = statementIssues(value, version);
    for (const issue of found) tell(n, issue);
    if (found.length > 0) continue;
    const id = (value as Statement).id?.toLowerCase();
    if (id === undefined) continue;
    if (ids.has(id))
      tell(n, { pointer: '#/id', detail: 'Another statement of the batch has this id.' });
    ids.add(id);
  }
  if (issues.length > 0) throw new DomainError('invalid-input', undefined, issues);
  return values as readonly Statement[];
};

/**
 * What a checked statement says to the ledger; undefined for telemetry, which says nothing.
 * Throws DomainError `too-large`.
 */
export const submissionOf = (
  statement: Statement,
  source: string,
  format: StatementFormat,
): Submission | undefined => {
  const mapped = mapStatement(statement, mailHash);
  if (mapped.is === 'telemetry') return undefined;
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
      ? // Whenever it was said: what it voids is void.
        {
          is: 'void',
          ...common,
          times: [],
          target: { source, id: mapped.statementId },
          reason: 'other',
        }
      : { is: 'learning', ...common, learner: mapped.learner, data: mapped.data };
  return {
    report,
    content: comparableStatement(statement),
    happenedAt: happened,
    raw: { format, sha256: sha256(canonical), verb: statement.verb.id },
    idStyle: 'uuid',
  };
};
