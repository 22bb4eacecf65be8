import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError } from '#kernel';
import { CRITERIA, type Finding, type Findings, Outcome } from '#contracts';
import { all, ask, decide, when } from '../testing/cases.js';
import type { CaseCommand, CaseEvent } from './recognition-case.js';

const textOr = (text: string) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(text) }, fc.constantFrom('', ' '));
const anyFinding: fc.Arbitrary<Finding> = fc.record({
  finding: fc.constantFrom('equivalent', 'difference', 'substantial-difference'),
  statement: textOr('what'),
  evidence: textOr('shown by'),
  relevance: textOr('matters'),
});
const perCriterion = Object.fromEntries(CRITERIA.map((criterion) => [criterion, anyFinding]));
const anyFindings: fc.Arbitrary<Findings> = fc.oneof(
  { weight: 3, arbitrary: fc.record(perCriterion) },
  fc.record(perCriterion, { requiredKeys: [] }),
  fc.constant(all()),
);
const anyDecision: fc.Arbitrary<CaseCommand> = fc
  .record({
    role: fc.constantFrom('officer', 'officer', 'officer', 'system', 'learner'),
    outcome: fc.constantFrom(...Outcome.options),
    findings: anyFindings,
    credit: fc.option(fc.constant({ system: 'ECTS', value: 3 } as const), { nil: undefined }),
  })
  .map(({ role, ...rest }) =>
    decide({ ...rest, by: { id: 'per_1', role, organisation: 'borealis' } }),
  );
const sent = fc.array(fc.oneof(fc.constant<CaseCommand>(ask), anyDecision), { maxLength: 12 });

const historyOf = (commands: readonly CaseCommand[]): readonly CaseEvent[] => {
  let history: readonly CaseEvent[] = [];
  for (const command of commands)
    try {
      history = [...history, ...when(history, command)];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  return history;
};

describe('whatever is sent, in whatever order', () => {
  it('nothing is refused without a reasoned substantial difference, and nobody decides twice', () => {
    const reached = new Map<string, number>();
    fc.assert(
      fc.property(sent, (commands) => {
        const decisions = historyOf(commands).filter(({ kind }) => kind === 'recognition-decided');
        expect(decisions.length).toBeLessThanOrEqual(1);
        for (const event of decisions) {
          if (event.kind !== 'recognition-decided' || !event.personal) throw new Error('sealed');
          const { outcome, findings, credit } = event.personal;
          const substantial = Object.values(findings).filter(
            ({ finding }) => finding === 'substantial-difference',
          );
          const explained = substantial.filter(({ statement, evidence, relevance }) =>
            [statement, evidence, relevance].every((text) => text.trim() !== ''),
          );
          reached.set(outcome, (reached.get(outcome) ?? 0) + 1);
          expect(Object.keys(findings)).toHaveLength(5);
          expect(explained.length > 0).toBe(outcome !== 'Positive');
          expect(substantial).toHaveLength(explained.length);
          if (outcome === 'Negative') expect(credit).toBeUndefined();
        }
      }),
      { numRuns: 2_000 },
    );
    // The property says nothing unless each outcome was reached.
    expect([...reached.keys()].toSorted()).toEqual([...Outcome.options].toSorted());
  });
});
