import type { CreditAccount, Share, TimelineItem, WalletCredential } from '#contracts';
import { aurora, borealis, coral, library } from './sample-people.js';

/** What a learner has, and shows to others, as the API would describe it. */
const self = { id: 'self', name: 'You' };

const event = (
  id: string,
  time: string,
  verb: string,
  title: string,
  rest: Partial<TimelineItem>,
): TimelineItem => ({
  id: `evt_${id}`,
  time,
  verb,
  title,
  provider: aurora,
  learningContext: 'formal',
  assurance: 'assessed',
  voided: false,
  superseded: false,
  ...rest,
});

export const timeline: readonly TimelineItem[] = [
  event('7', '2026-09-18T09:00:00Z', 'passed', 'Statistics for care', {
    provider: coral,
    learningContext: 'non-formal',
    scorePercent: 84,
    hours: 60,
  }),
  event('6', '2026-06-12T15:00:00Z', 'passed', 'Community nursing: final examination', {
    scorePercent: 91.5,
  }),
  event('5', '2026-05-21T15:00:00Z', 'completed', 'Clinical placement, ward 4', { hours: 120 }),
  event('4', '2026-03-03T18:00:00Z', 'participated', 'Reading group: Letters from the valley', {
    provider: library,
    learningContext: 'informal',
    assurance: 'observed',
    hours: 2,
  }),
  event('3', '2025-11-30T12:00:00Z', 'completed', 'Organised the accounts of our cooperative', {
    provider: self,
    learningContext: 'informal',
    assurance: 'self-asserted',
    hours: 40,
  }),
  event('2', '2025-10-02T12:00:00Z', 'passed', 'Anatomy 1', { voided: true }),
];

export const credentials: readonly WalletCredential[] = [
  {
    id: 'crd_nursing',
    title: 'Certificate in Community Nursing',
    issuer: aurora,
    purpose: 'achievement',
    issuedAt: '2026-06-12T15:01:00Z',
    state: 'valid',
    credit: { system: 'ECTS', value: 30 },
    eqfLevel: 5,
  },
  {
    id: 'crd_statistics',
    title: 'Statistics for care',
    issuer: coral,
    purpose: 'achievement',
    issuedAt: '2026-09-18T09:02:00Z',
    validUntil: '2029-09-18T09:02:00Z',
    state: 'valid',
    credit: { system: 'ECTS', value: 6 },
    eqfLevel: 5,
  },
  {
    id: 'crd_anatomy',
    title: 'Anatomy 1',
    issuer: aurora,
    purpose: 'achievement',
    issuedAt: '2025-10-02T12:01:00Z',
    state: 'withdrawn',
    withdrawnAt: '2025-12-01T08:00:00Z',
    withdrawnReason: 'Entered for the wrong course.',
  },
];

export const credits: CreditAccount = {
  balances: [
    { institution: aurora, system: 'ECTS', value: 30 },
    { institution: borealis, system: 'ECTS', value: 4.5 },
  ],
  postings: [
    {
      id: 'pst_3',
      time: '2026-10-01T10:00:00Z',
      kind: 'recognised',
      credit: { system: 'ECTS', value: 4.5 },
      title: 'Statistics for care',
      institution: borealis,
    },
    {
      id: 'pst_2',
      time: '2025-12-01T08:00:00Z',
      kind: 'reversed',
      credit: { system: 'ECTS', value: -5 },
      title: 'Anatomy 1',
      institution: aurora,
      reverses: 'pst_1',
    },
  ],
};

export const shares: readonly Share[] = [
  {
    id: 'shr_open',
    url: 'http://localhost:3000/v/shr_k7w2m5q4x3n6p2r5t7v2b4c6d3',
    until: '2026-12-24T23:59:59Z',
    createdAt: '2026-11-24T10:00:00Z',
    state: 'open',
    credentialIds: ['crd_nursing', 'crd_statistics'],
    views: 2,
  },
  {
    id: 'shr_old',
    url: 'http://localhost:3000/v/shr_old',
    until: '2026-08-01T00:00:00Z',
    createdAt: '2026-07-01T10:00:00Z',
    state: 'ended',
    credentialIds: ['crd_nursing'],
    views: 0,
  },
];
