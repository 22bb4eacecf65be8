import { describe, expect, it } from '@jest/globals';
import { type Decision, decisionText } from './decision-text.js';

const decision: Decision = {
  outcome: 'Partially Positive',
  findings: {
    level: { finding: 'equivalent', statement: 'Both EQF 5.', evidence: '', relevance: '' },
    workload: {
      finding: 'substantial-difference',
      statement: '90 of 150 hours.',
      evidence: 'Syllabus, page 3.',
      relevance: 'The year builds on it.',
    },
  } as Decision['findings'],
  reasons: 'Half of it.',
  credentialIds: ['crd_a'],
  purpose: 'Entry to year two',
  titles: ['Nursing 1', 'Nursing 2'],
  decidedAt: '2026-06-12T10:00:00Z',
};

describe('the words of a decision', () => {
  it('give the outcome, what was decided on and for what', () => {
    expect(decisionText(decision)).toMatchObject({
      name: 'Recognition decision: Partially Positive',
      description:
        'Partially Positive recognition of Nursing 1; Nursing 2. Purpose: Entry to year two',
    });
  });

  it('give each finding, with its evidence where it has some, and the reasons', () => {
    expect(decisionText(decision).criteria.split('\n')).toEqual([
      'Level: equivalent. Both EQF 5.',
      'Workload: substantially different. 90 of 150 hours. Evidence: Syllabus, page 3. ' +
        'Why it matters: The year builds on it.',
      'Reasons: Half of it.',
    ]);
  });
});
