import { DomainError } from '#kernel';
import { type Client, problemOf, type XapiDryRunResult } from '#contracts';
import { refuse } from '../domain/admission.js';
import { learningEventOf } from '../domain/learning-event.js';
import type { Statement } from '../domain/xapi-statement.js';
import { ruleFor } from '../domain/xapi-vocabulary.js';
import { checkStatements, submissionOf } from './statements.js';

const NOBODY = 'urn:lrn:dry-run';

/**
 * What would become of a statement that this client sends now, and by which rule. Nothing is
 * recorded. In: any JSON value. Never throws for a bad one: it is answered.
 */
export const dryRun = (client: Client, value: unknown, now: Date): XapiDryRunResult => {
  const [source] = client.sources;
  if (source === undefined) throw new DomainError('source-not-yours', 'No source is registered.');
  try {
    const [statement] = checkStatements([value], '2.0.0', () => '');
    const rule = ruleFor(value as Statement);
    const report = statement && submissionOf(statement, source, 'xapi-2.0.0')?.report;
    if (!report)
      return {
        becomes: 'telemetry',
        rule: rule.id,
        because: 'because' in rule ? rule.because : 'it earns nothing',
      };
    const refusal = refuse(client, report, now);
    // xAPI takes it, and it earns nothing.
    if (refusal?.code === 'time-in-future')
      return { becomes: 'telemetry', rule: rule.id, because: 'it lies in the future' };
    if (refusal)
      return { becomes: 'refused', problem: problemOf(refusal.code, undefined, refusal.issues) };
    if (report.is === 'void')
      return { becomes: 'voided', rule: rule.id, statementId: report.target.id };
    const known = { alias: NOBODY, receivedAt: now.toISOString() };
    const raw = { format: 'xapi-2.0.0', sha256: '' };
    const { learner: _, raw: __, ...event } = learningEventOf(client, report, { ...known, raw });
    return { becomes: 'learning', rule: rule.id, event };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, detail, issues } = error;
    return { becomes: 'refused', problem: problemOf(code, detail, issues) };
  }
};
