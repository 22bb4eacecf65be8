import { DomainError, fold } from '#kernel';
import type { Criterion, Finding, Findings } from '#contracts';
import {
  type CaseCommand,
  type CaseEvent,
  type Decide,
  recognitionCase,
  type Request,
} from '../domain/recognition-case.js';

export const ask: Request = {
  type: 'request',
  caseId: 'rec_1',
  institution: 'borealis',
  credentialIds: ['crd_1', 'crd_2'],
  purpose: 'Entry to the second year of nursing',
  requestedAt: '2026-11-01T08:00:00.000Z',
};
export const equivalent: Finding = {
  finding: 'equivalent',
  statement: 'The same.',
  evidence: '',
  relevance: '',
};
export const reasoned: Finding = {
  finding: 'substantial-difference',
  statement: 'There was no clinical placement.',
  evidence: 'The criteria name an examination only.',
  relevance: 'The second year is clinical.',
};
export const all = (change: Findings = {}): Record<Criterion, Finding> => ({
  level: equivalent,
  workload: equivalent,
  quality: equivalent,
  profile: equivalent,
  learningOutcomes: equivalent,
  ...change,
});
export const decide = (change: Partial<Decide> = {}): Decide => ({
  type: 'decide',
  by: { id: 'per_officer', role: 'officer', organisation: 'borealis' },
  outcome: 'Positive',
  findings: all(),
  reasons: 'No substantial difference was found.',
  credit: { system: 'ECTS', value: 6 },
  titles: ['Community Nursing'],
  decidedAt: '2026-11-05T08:00:00.000Z',
  ...change,
});
export const refuse = (change: Partial<Decide> = {}): Decide =>
  decide({
    outcome: 'Negative',
    findings: all({ profile: reasoned }),
    credit: undefined,
    ...change,
  });

export const given = (...commands: readonly CaseCommand[]): readonly CaseEvent[] =>
  commands.reduce<readonly CaseEvent[]>(
    (history, command) => [
      ...history,
      ...recognitionCase.decide(command, fold(recognitionCase, history)),
    ],
    [],
  );
export const when = (history: readonly CaseEvent[], command: CaseCommand) =>
  recognitionCase.decide(command, fold(recognitionCase, history));
export const refusal = (history: readonly CaseEvent[], command: CaseCommand): DomainError => {
  try {
    when(history, command);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};
export const erased = (history: readonly CaseEvent[]): readonly CaseEvent[] =>
  history.map((event) => ({ ...event, personal: undefined }));
