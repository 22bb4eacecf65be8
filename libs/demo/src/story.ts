import type { AchievementDefinition, Client } from '#contracts';

/** The people and places of the demo are invented; so is every statement they send. */
export const AURORA: Client = {
  id: 'aurora-university',
  name: 'Aurora Open University',
  type: 'university',
  country: 'ES',
  city: 'Zaragoza',
  homePage: 'https://aurora.example',
  sources: ['urn:llcl:aurora-university:moodle'],
  learningContext: 'formal',
  highestAssurance: 'quality-assured',
  recognises: false,
};
export const CORAL: Client = {
  id: 'coral-mooc',
  name: 'Coral MOOC',
  type: 'mooc-platform',
  country: 'FR',
  city: 'Marseille',
  homePage: 'https://coral.example',
  sources: ['urn:llcl:coral-mooc:platform'],
  learningContext: 'non-formal',
  highestAssurance: 'assessed',
  recognises: false,
};
export const RING: Client = {
  id: 'ring-library',
  name: 'Ring Libraries',
  type: 'library',
  country: 'SN',
  city: 'Dakar',
  homePage: 'https://ring.example',
  sources: ['urn:llcl:ring-library:desk'],
  learningContext: 'informal',
  highestAssurance: 'observed',
  recognises: false,
};
export const BOREALIS: Client = {
  id: 'borealis-university',
  name: 'Borealis University',
  type: 'university',
  country: 'NO',
  city: 'Tromsø',
  homePage: 'https://borealis.example',
  sources: [],
  learningContext: 'formal',
  highestAssurance: 'quality-assured',
  recognises: true,
};
export const clients = [AURORA, CORAL, RING, BOREALIS] as const;

export const COURSE = 'https://aurora.example/course/view.php?id=12';
const MODULES = [1, 2, 3].map((n) => `https://coral.example/statistics/module-${n}`);
const READING = 'https://ring.example/programmes/reading-circle';

type Draft = Omit<AchievementDefinition, 'leastAssurance' | 'learningOutcomes' | 'language'> &
  Partial<AchievementDefinition>;

/** Each with the persona that publishes it. */
export const achievements: readonly (readonly [
  persona: 'university' | 'mooc' | 'library',
  Draft,
])[] = [
  [
    'university',
    {
      id: 'community-nursing',
      name: 'Community Nursing, module 1',
      description: 'Care for people at home and in the neighbourhood.',
      criteria: 'Pass the final examination with 60 % or more.',
      type: 'Course',
      rule: { passed: COURSE, minScore: 0.6 },
      leastAssurance: 'assessed',
      credit: { system: 'ECTS', value: 6 },
      eqfLevel: 5,
      iscedF: '0913',
      workloadHours: 150,
      learningOutcomes: [
        'Plans care at home together with the person and the family',
        'Notices early that somebody is getting worse, and acts on it',
      ],
    },
  ],
  [
    'mooc',
    {
      id: 'statistics-for-care',
      name: 'Statistics for Care',
      description: 'Read, question and explain numbers about health.',
      criteria: 'Pass two of the three modules.',
      type: 'MicroCredential',
      rule: { nOf: 2, activities: MODULES },
      leastAssurance: 'assessed',
      credit: { system: 'ECTS', value: 3 },
      eqfLevel: 5,
      iscedF: '0542',
      workloadHours: 75,
      learningOutcomes: ['Explains a rate, a risk and an uncertainty in plain words'],
    },
  ],
  [
    'library',
    {
      id: 'reading-circle',
      name: 'Reading Circle',
      description: 'Reads and discusses books with others.',
      criteria: 'Take part for three hours or more.',
      type: 'Badge',
      rule: { hours: 3, activities: [READING] },
      learningOutcomes: ['Discusses a text with people of other opinions'],
    },
  ],
  [
    'university',
    {
      id: 'care-and-evidence',
      name: 'Care and Evidence',
      description: 'Joins nursing practice with reading the evidence for it.',
      criteria: 'Hold Community Nursing, Statistics for Care and Reading Circle.',
      type: 'MicroCredential',
      rule: {
        all: [
          { achievement: 'community-nursing' },
          { achievement: 'statistics-for-care' },
          { achievement: 'reading-circle' },
        ],
      },
      learningOutcomes: ['Bases a decision about care on what is known'],
    },
  ],
];

/** How each provider knows the learner of the demo, and the others who only fill the log. */
export interface KnownLearner {
  readonly account: string;
  /** Percent in the examination and in the three modules; hours read. */
  readonly exam: number;
  readonly modules: readonly number[];
  readonly hours: number;
}
export const LEARNER: KnownLearner = { account: '204', exam: 82, modules: [91, 77, 40], hours: 4 };
export const others: readonly KnownLearner[] = [
  { account: '205', exam: 55, modules: [80, 82, 90], hours: 2 },
  { account: '206', exam: 71, modules: [35], hours: 0 },
  { account: '207', exam: 64, modules: [], hours: 6 },
  { account: '208', exam: 38, modules: [51, 62], hours: 1 },
];

const DAY_MS = 86_400_000;
const day = (daysAgo: number, now: number): string =>
  new Date(now - daysAgo * DAY_MS).toISOString();

/** The examination as Moodle's xAPI plug-in sends it: an account, no id, a time in seconds. */
export const moodleStatements = ({ account, exam }: KnownLearner, now: number): object[] => {
  const timestamp = day(40, now).replace(/\.\d+Z$/u, 'Z');
  const actor = { account: { homePage: AURORA.homePage, name: account }, objectType: 'Agent' };
  const object = {
    id: COURSE,
    definition: {
      name: { en: 'Community Nursing, module 1' },
      type: 'https://w3id.org/xapi/cmi5/activitytype/course',
    },
    objectType: 'Activity',
  };
  const context = { language: 'en', platform: 'Moodle' };
  const passed = exam >= 50;
  return [
    {
      actor,
      object,
      context,
      timestamp: day(120, now).replace(/\.\d+Z$/u, 'Z'),
      verb: { id: 'http://adlnet.gov/expapi/verbs/registered', display: { en: 'registered' } },
    },
    {
      actor,
      object,
      context,
      timestamp,
      verb: {
        id: `http://adlnet.gov/expapi/verbs/${passed ? 'passed' : 'failed'}`,
        display: { en: passed ? 'passed' : 'failed' },
      },
      result: {
        success: passed,
        completion: true,
        score: { raw: exam, min: 0, max: 100, scaled: exam / 100 },
      },
    },
  ];
};

/** Modules as the MOOC sends them: CloudEvents with ids of its own. */
export const moocEvents = ({ account, modules }: KnownLearner, now: number): object[] =>
  modules.map((percent, n) => ({
    specversion: '1.0',
    id: `result-${account}-${n + 1}`,
    source: CORAL.sources[0],
    type: `org.learning-ledger.${percent >= 50 ? 'passed' : 'failed'}.v1`,
    time: day(30 - n * 7, now),
    datacontenttype: 'application/json',
    data: {
      learner: { account: { homePage: CORAL.homePage, name: `u-${account}` } },
      activity: {
        id: MODULES[n],
        type: 'module',
        name: { en: `Statistics for Care, module ${n + 1}` },
        workloadHours: 25,
      },
      verb: percent >= 50 ? 'passed' : 'failed',
      occurredAt: day(30 - n * 7, now),
      result: {
        status: 'final',
        success: percent >= 50,
        score: { raw: percent, min: 0, max: 100 },
      },
      assurance: { level: 'assessed', method: 'automated' },
    },
  }));

/** An afternoon in the library, as the form at the desk sends it. */
export const libraryEvents = ({ account, hours }: KnownLearner, now: number): object[] =>
  hours === 0
    ? []
    : [
        {
          specversion: '1.0',
          id: `circle-${account}-1`,
          source: RING.sources[0],
          type: 'org.learning-ledger.participated.v1',
          time: day(9, now),
          datacontenttype: 'application/json',
          data: {
            learner: { account: { homePage: RING.homePage, name: `card-${account}` } },
            activity: { id: READING, type: 'event', name: { en: 'Reading Circle' } },
            verb: 'participated',
            occurredAt: day(9, now),
            result: { duration: `PT${hours}H` },
            assurance: { level: 'observed' },
          },
        },
      ];
