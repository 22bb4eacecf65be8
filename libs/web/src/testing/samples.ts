import type {
  Deliveries,
  DeliveryDays,
  DeliveryDetails,
  Achievement,
  CreditAccount,
  IssuedCredential,
  Me,
  RecognitionCase,
  Share,
  TimelineItem,
  WalletCredential,
} from '#contracts';

/** Invented people, institutions and records, as the API would describe them. */
const aurora = { id: 'aurora-university', name: 'Aurora Open University' };
const borealis = { id: 'borealis-university', name: 'Borealis University of Applied Sciences' };
const coral = { id: 'coral-mooc', name: 'Coral Open Courses' };
const library = { id: 'ring-library', name: 'Ring Public Library' };
const self = { id: 'self', name: 'You' };

export const people: Readonly<Record<string, Me>> = {
  learner: { id: 'per_learner', role: 'learner' },
  provider: {
    id: 'ring-library',
    role: 'provider',
    organisation: {
      ...library,
      homePage: 'https://ring-library.example',
      sources: ['urn:llcl:ring-library:desk'],
    },
  },
  officer: { id: 'per_officer', role: 'officer', organisation: borealis },
  admin: { id: 'per_admin', role: 'admin' },
  employer: { id: 'per_employer', role: 'employer' },
};

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

const none = { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 0, waiting: 0 };

export const delivery: DeliveryDetails = {
  id: 'dlv_refused',
  channel: 'events',
  area: 'live',
  receivedAt: '2026-11-20T08:15:00Z',
  state: 'refused',
  requests: 1,
  counts: { ...none, recorded: 2, refused: 60 },
  refusals: [
    {
      index: 2,
      code: 'invalid-input',
      errors: [{ pointer: '#/data/verb', detail: 'Must be the verb that "type" names.' }],
    },
    { code: 'source-not-yours', errors: [] },
  ],
  kept: 2,
  keptUntil: '2026-11-27T08:15:00Z',
};

export const deliveries: Deliveries = {
  data: [
    delivery,
    {
      ...delivery,
      id: 'dlv_many',
      channel: 'xapi',
      area: 'test',
      state: 'test',
      requests: 400,
      counts: { ...none, test: 400 },
      retryOf: 'dlv_old',
    },
  ],
  nextCursor: 'c2',
};

export const deliveryDays: DeliveryDays = {
  data: [
    {
      day: '2026-11-20',
      channel: 'events',
      area: 'live',
      requests: 3,
      counts: { ...none, recorded: 1200, duplicate: 3, waiting: 1 },
    },
  ],
};
