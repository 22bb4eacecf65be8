import { generateKeyPairSync } from 'node:crypto';

/** Who takes part in the journey, and what they send. */
export const XAPI = { 'x-experience-api-version': '1.0.3' };

const client = (
  id: string,
  name: string,
  type: string,
  learningContext: string,
  highestAssurance: string,
  recognises = false,
) => ({
  id,
  name,
  type,
  country: 'ES',
  homePage: `https://${id}.example`,
  sources: [`urn:llcl:${id}:main`],
  learningContext,
  highestAssurance,
  recognises,
});
/** With which the university signs whose an account is. */
const signer = generateKeyPairSync('ed25519');
export const SIGNING_KEY = signer.privateKey.export({ format: 'pem', type: 'pkcs8' });
export const UNIVERSITY = {
  ...client('aurora', 'Aurora Open University', 'university', 'formal', 'quality-assured'),
  jwks: { keys: [{ ...signer.publicKey.export({ format: 'jwk' }), kid: 'k1' }] },
};
export const MOOC = client('coral', 'Coral MOOC', 'mooc-platform', 'non-formal', 'assessed');
export const LIBRARY = client('ring', 'Ring Libraries', 'library', 'informal', 'observed');
export const SECOND_UNIVERSITY = client(
  'borealis',
  'Borealis University',
  'university',
  'formal',
  'quality-assured',
  true,
);
export const clients = [UNIVERSITY, MOOC, LIBRARY, SECOND_UNIVERSITY];

export const accounts = {
  university: { homePage: 'https://aurora.example', name: '204' },
  mooc: { homePage: 'https://coral.example', name: 'u-204' },
  library: { homePage: 'https://ring.example', name: 'card-204' },
};

export const COURSE_NAME = 'Community Nursing, module 1';
export const EXPIRING_NAME = 'Reading Circle';
export const OUTCOMES = ['Plans care at home', 'Notices early that somebody is getting worse'];
const COURSE = 'https://aurora.example/course/view.php?id=12';
const MODULES = [
  'https://coral.example/m/1',
  'https://coral.example/m/2',
  'https://coral.example/m/3',
];
const READING = 'https://ring.example/reading-circle';

type Publisher = 'university' | 'mooc' | 'library';
export const achievements: readonly (readonly [
  Publisher,
  { name: string } & Record<string, unknown>,
])[] = [
  [
    'university',
    {
      id: 'community-nursing',
      name: COURSE_NAME,
      description: 'Care at home.',
      type: 'Course',
      criteria: 'Pass the final examination with 60 % or more.',
      rule: { passed: COURSE, minScore: 0.6 },
      leastAssurance: 'assessed',
      credit: { system: 'ECTS', value: 6 },
      eqfLevel: 5,
      iscedF: '0913',
      workloadHours: 150,
      learningOutcomes: OUTCOMES,
    },
  ],
  [
    'mooc',
    {
      id: 'statistics-for-care',
      name: 'Statistics for Care',
      description: 'Numbers about health.',
      criteria: 'Pass two of three modules.',
      type: 'MicroCredential',
      rule: { nOf: 2, activities: MODULES },
      leastAssurance: 'assessed',
    },
  ],
  [
    'library',
    {
      id: 'reading-circle',
      name: EXPIRING_NAME,
      description: 'Reads with others.',
      criteria: 'Three hours or more.',
      type: 'Badge',
      rule: { hours: 3, activities: [READING] },
      validForDays: 365,
    },
  ],
  [
    'university',
    {
      id: 'care-and-evidence',
      name: 'Care and Evidence',
      description: 'Joins both.',
      criteria: 'Hold the other three.',
      type: 'MicroCredential',
      rule: {
        all: [
          { achievement: 'community-nursing' },
          { achievement: 'statistics-for-care' },
          { any: [{ achievement: 'reading-circle' }, { achievement: 'nothing-like-it' }] },
        ],
      },
    },
  ],
];

export const moodleStatements = [
  {
    actor: { objectType: 'Agent', account: accounts.university, name: 'Amina Diallo' },
    verb: { id: 'http://adlnet.gov/expapi/verbs/passed', display: { en: 'passed' } },
    object: {
      objectType: 'Activity',
      id: COURSE,
      definition: {
        type: 'https://w3id.org/xapi/cmi5/activitytype/course',
        name: { en: COURSE_NAME },
      },
    },
    result: { success: true, completion: true, score: { raw: 60, min: 0, max: 100, scaled: 0.6 } },
    context: { language: 'en', platform: 'Moodle' },
    timestamp: '2026-05-04T09:00:00Z',
  },
];

export const moocEvents = MODULES.map((id, n) => ({
  specversion: '1.0',
  id: `result-204-${n}`,
  source: 'urn:llcl:coral:main',
  type: n === 2 ? 'org.learning-ledger.failed.v1' : 'org.learning-ledger.passed.v1',
  time: `2026-06-0${n + 1}T12:00:00Z`,
  datacontenttype: 'application/json',
  data: {
    learner: { account: accounts.mooc },
    activity: {
      id,
      type: 'module',
      name: { en: `Statistics, module ${n + 1}` },
      workloadHours: 25,
    },
    verb: n === 2 ? 'failed' : 'passed',
    occurredAt: `2026-06-0${n + 1}T12:00:00Z`,
    result: { status: 'final', success: n !== 2, score: { raw: 90 - n * 25, min: 0, max: 100 } },
    assurance: { level: 'assessed', method: 'automated' },
  },
}));

export const libraryEvent = {
  specversion: '1.0',
  id: 'desk-1',
  source: 'urn:llcl:ring:main',
  type: 'org.learning-ledger.participated.v1',
  time: '2026-07-01T17:00:00Z',
  datacontenttype: 'application/json',
  data: {
    learner: { account: accounts.library },
    activity: { id: READING, type: 'event', name: { en: 'Reading Circle' } },
    verb: 'participated',
    occurredAt: '2026-07-01T17:00:00Z',
    result: { duration: 'PT3H' },
    assurance: { level: 'observed' },
  },
};

export const selfReport = {
  title: 'Cared for my grandmother at home',
  occurredOn: '2025-12-31',
  hours: 600,
  evidence: [{ uri: 'https://learner.example/letter' }],
};
/** One statement, three modules, one afternoon, one report. */
export const EVENTS = 6;

const equivalent = { finding: 'equivalent', statement: 'The same.' };
const findings = {
  level: equivalent,
  workload: equivalent,
  quality: equivalent,
  profile: equivalent,
  learningOutcomes: equivalent,
};
export const positive = {
  outcome: 'Positive',
  findings,
  reasons: 'No substantial difference was found.',
  credit: { system: 'ECTS', value: 6 },
};
export const negativeWithoutReason = {
  outcome: 'Negative',
  findings,
  reasons: 'We do not know this university.',
};
export const withoutQuality = {
  ...positive,
  findings: {
    level: equivalent,
    workload: equivalent,
    profile: equivalent,
    learningOutcomes: equivalent,
  },
};
export const negative = {
  outcome: 'Negative',
  reasons: 'The clinical part is missing.',
  findings: {
    ...findings,
    profile: {
      finding: 'substantial-difference',
      statement: 'No clinical placement.',
      evidence: 'The criteria name an examination only.',
      relevance: 'The second year is clinical.',
    },
  },
};
