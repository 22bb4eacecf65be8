import { DomainError, type Issue } from '#kernel';
import { CRITERIA, type Criterion, type Finding, type Findings, type Outcome } from '#contracts';

export type AllFindings = Readonly<Record<Criterion, Finding>>;

/** What makes a difference substantial: what it is, what shows it, why it matters. */
const REASONS = {
  statement: 'Say what the difference is.',
  evidence: 'Say what shows the difference.',
  relevance: 'Say why the difference matters for the purpose.',
} as const;

/** All five findings, or DomainError `criteria-incomplete` with a pointer to each that is missing. */
export const completeFindings = (findings: Findings): AllFindings => {
  const missing = CRITERIA.filter((criterion) => findings[criterion] === undefined);
  if (missing.length > 0)
    throw new DomainError(
      'criteria-incomplete',
      undefined,
      missing.map((criterion) => ({
        pointer: `#/findings/${criterion}`,
        detail: 'This criterion was not compared.',
      })),
    );
  return findings as AllFindings;
};

const unreasoned = (criterion: Criterion, finding: Finding): readonly Issue[] =>
  (['statement', 'evidence', 'relevance'] as const)
    .filter((part) => finding[part].trim() === '')
    .map((part) => ({ pointer: `#/findings/${criterion}/${part}`, detail: REASONS[part] }));

/**
 * Refuses an outcome that the findings do not carry. Throws DomainError `difference-contradicts`
 * for a full recognition in spite of a substantial difference, and `difference-not-substantial` for
 * any other outcome without one, or with one that is not reasoned: each that is named goes to the
 * learner, so each must say what, how shown and why it matters.
 */
export const refuseUnreasoned = (outcome: Outcome, findings: AllFindings): void => {
  const substantial = CRITERIA.filter(
    (criterion) => findings[criterion].finding === 'substantial-difference',
  );
  if (outcome === 'Positive') {
    if (substantial.length === 0) return;
    throw new DomainError(
      'difference-contradicts',
      undefined,
      substantial.map((criterion) => ({
        pointer: `#/findings/${criterion}/finding`,
        detail: 'This difference was found to be substantial.',
      })),
    );
  }
  const issues =
    substantial.length === 0
      ? [{ pointer: '#/findings', detail: 'None of the five criteria differs substantially.' }]
      : substantial.flatMap((criterion) => unreasoned(criterion, findings[criterion]));
  if (issues.length > 0) throw new DomainError('difference-not-substantial', undefined, issues);
};
