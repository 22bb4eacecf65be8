import type { Achievement, IssuedCredential } from '#contracts';

/** What a provider defines, and what it has issued. */
export const achievements: readonly Achievement[] = [
  {
    provider: 'ring-library',
    version: 1,
    definition: {
      id: 'reading-circle',
      name: 'Reading Circle',
      description: 'Reads and discusses books with others.',
      criteria: 'Take part for three hours or more.',
      type: 'Badge',
      rule: { hours: 3, activities: ['https://ring-library.example/programmes/circle'] },
      leastAssurance: 'observed',
      learningOutcomes: [],
      language: 'en',
    },
  },
];

export const issued: readonly IssuedCredential[] = [
  {
    id: 'crd_reader',
    title: 'Reading group leader',
    issuedAt: '2026-10-11T10:00:00Z',
    state: 'valid',
  },
  {
    id: 'crd_older',
    title: 'Reading group leader',
    issuedAt: '2026-04-11T10:00:00Z',
    state: 'withdrawn',
    revokedAt: '2026-05-02T10:00:00Z',
  },
];
