import type { RecognitionCase } from '#contracts';
import { aurora, borealis, coral } from './sample-people.js';

/** What a learner brought to another institution, and what came of it. */
const brought = [
  {
    id: 'crd_nursing',
    title: 'Certificate in Community Nursing',
    description:
      'Care for people at home: assessment, planning, wound care, working with families.',
    issuer: aurora,
    issuedAt: '2026-06-12T15:01:00Z',
    criteria: 'Pass the final examination with 60 % or more and complete the clinical placement.',
    credit: { system: 'ECTS' as const, value: 30 },
    eqfLevel: 5,
    workloadHours: 750,
    learningOutcomes: [
      'Assess the needs of a person who lives at home',
      'Plan and document care together with the family',
      'Treat chronic wounds under supervision',
    ],
    state: 'valid' as const,
  },
  {
    id: 'crd_statistics',
    title: 'Statistics for care',
    description: 'Reading and making sense of numbers in health care.',
    issuer: coral,
    issuedAt: '2026-09-18T09:02:00Z',
    criteria: 'Pass the course with 60 % or more.',
    workloadHours: 60,
    learningOutcomes: [],
    state: 'valid' as const,
  },
];

export const openCase: RecognitionCase = {
  id: 'rec_open',
  institution: borealis,
  state: 'requested',
  purpose: 'To enter the second year of the nursing degree',
  requestedAt: '2026-11-20T09:00:00Z',
  credentials: brought,
};

const equivalent = { finding: 'equivalent', statement: '', evidence: '', relevance: '' } as const;

export const decidedCase: RecognitionCase = {
  id: 'rec_decided',
  institution: borealis,
  state: 'decided',
  purpose: 'To count towards the module Health data',
  requestedAt: '2026-09-20T09:00:00Z',
  credentials: brought.slice(1),
  decision: {
    outcome: 'Partially Positive',
    reasons: 'Your course covers the statistics of our module. It does not cover data protection.',
    credit: { system: 'ECTS', value: 4.5 },
    decidedAt: '2026-10-01T10:00:00Z',
    findings: {
      level: equivalent,
      workload: { ...equivalent, finding: 'difference', statement: '60 hours instead of 75.' },
      quality: equivalent,
      profile: equivalent,
      learningOutcomes: {
        finding: 'substantial-difference',
        statement: 'Data protection is not among the outcomes.',
        evidence: 'The list of outcomes of the course.',
        relevance: 'Graduates handle records of patients from the first week.',
      },
    },
  },
};
