import { type Criterion, CRITERIA, type Fact, type Finding } from '#contracts';

export type Decision = Fact<'recognition-decided'>['personal'];

const criterionText: Readonly<Record<Criterion, string>> = {
  level: 'Level',
  workload: 'Workload',
  quality: 'Quality',
  profile: 'Profile',
  learningOutcomes: 'Learning outcomes',
};
const findingText: Readonly<Record<Finding['finding'], string>> = {
  equivalent: 'equivalent',
  difference: 'different, not substantially',
  'substantial-difference': 'substantially different',
};

/** The words of a recognition decision, for the credential that states it. */
export const decisionText = (decision: Decision) => ({
  name: `Recognition decision: ${decision.outcome}`,
  description: `${decision.outcome} recognition of ${decision.titles.join('; ')}. Purpose: ${decision.purpose}`,
  criteria: [
    ...CRITERIA.flatMap((criterion) => {
      const finding = decision.findings[criterion];
      return finding ? [findingLine(criterionText[criterion], finding)] : [];
    }),
    `Reasons: ${decision.reasons}`,
  ].join('\n'),
});

const findingLine = (name: string, { finding, statement, evidence, relevance }: Finding): string =>
  [
    `${name}: ${findingText[finding]}.`,
    statement,
    evidence === '' ? '' : `Evidence: ${evidence}`,
    relevance === '' ? '' : `Why it matters: ${relevance}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
