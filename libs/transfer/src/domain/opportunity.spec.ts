import { describe, expect, it } from '@jest/globals';
import {
  achievementOpportunity,
  type CertifiedAchievement,
  type CertifiedRecognition,
  recognitionOpportunity,
  reportsOf,
} from './opportunity.js';
import type { Institution } from './transcript.js';

const achievement: CertifiedAchievement = {
  credentialId: 'crd_1',
  title: 'Community Nursing',
  description: 'Care for people at home.',
  type: 'Course',
  achievementId: 'https://ledger.example/achievements/community-nursing',
  workloadHours: 150,
  learningOutcomes: ['Plans care', 'Notices change'],
  date: '2026-10-16T08:00:00.000Z',
};
const recognition: CertifiedRecognition = {
  credentialId: 'crd_2',
  caseId: 'rec_1',
  outcome: 'Positive',
  titles: ['Community Nursing', 'Statistics'],
  credit: { system: 'ECTS', value: 6 },
  decidedAt: '2026-11-20T08:00:00.000Z',
};

describe('an achievement on a transcript', () => {
  it('says outcomes and workload in words, and never as hours of attendance', () => {
    const opportunity = achievementOpportunity(achievement);
    expect(opportunity.description).toBe(
      'Care for people at home.\n– Plans care\n– Notices change',
    );
    expect(opportunity.note).toBe('Workload: 150 hours.');
    expect(opportunity).not.toHaveProperty('contactHours');
  });

  it.each(['MicroCredential', 'Badge', 'Certificate', 'LearningProgram', 'ext:Other', undefined])(
    'of the type %s has no type in ELMO',
    (type) => {
      expect(achievementOpportunity({ ...achievement, type }).type).toBeUndefined();
    },
  );

  it('without a workload says nothing of it', () => {
    const { note } = achievementOpportunity({ ...achievement, workloadHours: undefined });
    expect(note).toBeUndefined();
  });
});

describe('recognition on a transcript', () => {
  it('is named after what was recognised, with the credit that was given, and warns', () => {
    expect(recognitionOpportunity(recognition)).toMatchObject({
      identifiers: [{ type: 'local', value: 'rec_1' }],
      title: 'Community Nursing; Statistics',
      credit: { system: 'ECTS', value: 6 },
      note: expect.stringMatching(/^Recognised by decision of 2026-11-20\..*do not add/u),
    });
  });

  it('in part says so', () => {
    const opportunity = recognitionOpportunity({ ...recognition, outcome: 'Partially Positive' });
    expect(opportunity?.note).toContain('in part');
  });

  it('that was refused is not on it', () => {
    expect(recognitionOpportunity({ ...recognition, outcome: 'Negative' })).toBeUndefined();
  });

  it('without titles still has one', () => {
    expect(recognitionOpportunity({ ...recognition, titles: [] })?.title).not.toBe('');
  });
});

const institution = (title: string): Institution => ({ title, identifiers: [], url: '' });
const at = (id: string, credentialId: string, date: string) => ({
  institution: id,
  opportunity: achievementOpportunity({ ...achievement, credentialId, date }),
});

describe('reports', () => {
  const institutions = new Map([
    ['b', institution('B')],
    ['a', institution('A')],
    ['none', institution('None')],
  ]);
  it('are one for each institution with something to report, by date, in a stable order', () => {
    const items = [
      at('b', 'crd_1', '2026-02-01'),
      at('a', 'crd_4', '2026-01-01'),
      at('b', 'crd_3', '2026-01-01'),
      at('b', 'crd_2', '2026-01-01'),
    ];
    const said = (list: typeof items) =>
      reportsOf(list, institutions).map(({ issuer, opportunities }) => [
        issuer.title,
        ...opportunities.map(({ instanceIdentifiers }) => instanceIdentifiers[0]?.value),
      ]);
    expect(said(items)).toEqual([
      ['A', 'crd_4'],
      ['B', 'crd_2', 'crd_3', 'crd_1'],
    ]);
    expect(said(items.toReversed())).toEqual(said(items));
  });

  it('are none where there is nothing', () => {
    expect(reportsOf([], institutions)).toEqual([]);
  });
});
