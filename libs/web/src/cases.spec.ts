import { describe, expect, test } from '@jest/globals';
import { pageFaults } from './testing/page-faults.js';
import { usingVisitor } from './testing/using-visitor.js';
import type { Visitor } from './testing/visitor.js';

const who = usingVisitor();
const post: Visitor['post'] = (...request) => who().post(...request);

describe('a decision', () => {
  const compared = Object.fromEntries(
    ['level', 'workload', 'quality', 'profile', 'learningOutcomes'].flatMap((name) => [
      [`findings.${name}.finding`, 'equivalent'],
      [`findings.${name}.evidence`, 'left over'],
    ]),
  );

  test('that the API refuses is shown again with all that was typed', async () => {
    const fields = { ...compared, outcome: 'Negative', reasons: 'It is from abroad.' };
    const { statusCode, body } = await post('/cases/rec_open', fields, 'officer');
    expect(statusCode).toBe(422);
    expect(body).toContain('href="#field-findings.level.evidence"');
    expect(body).toContain('>It is from abroad.</textarea>');
    expect(body).toMatch(
      /value="Negative" checked|checked="" value="Negative"|checked=""[^>]*value="Negative"/u,
    );
    expect(pageFaults(body)).toEqual([]);
  });

  test('carries evidence only for a substantial difference', async () => {
    const fields = {
      ...compared,
      'findings.level.finding': 'substantial-difference',
      'findings.level.relevance': 'It matters.',
      outcome: 'Partially Positive',
      reasons: 'A part of it.',
      'credit.value': '4.5',
      'credit.system': 'ECTS',
    };
    const { headers } = await post('/cases/rec_open', fields, 'officer');
    expect(headers.location).toBe('/cases?done=decided');
    expect(who().api.sent.at(-1)?.body).toMatchObject({
      credit: { system: 'ECTS', value: 4.5 },
      findings: {
        level: {
          finding: 'substantial-difference',
          evidence: 'left over',
          relevance: 'It matters.',
        },
        quality: { finding: 'equivalent', evidence: '', relevance: '' },
      },
    });
  });
});
