import type { Verb } from '#contracts';

/** When a rule applies: to a statement that fits every line that is there. */
export interface XapiCondition {
  /** Of this profile, by the category that its statements carry. */
  readonly profile?: XapiProfile;
  /** Said inside a session of cmi5 (context extension `sessionid`), without being of cmi5. */
  readonly sessionOf?: XapiProfile;
  /** What the verb is called in one of the vocabularies. */
  readonly verbs?: readonly string[];
  /** The verb itself (IRI). */
  readonly verbId?: string;
  /** What the activity's type is called in whichever vocabulary. */
  readonly activityTypes?: readonly string[];
  /** What the activity is here, by the table of activity types. */
  readonly activities?: readonly string[];
  /** It is said of a group. */
  readonly actorIsGroup?: true;
  /** The object is something else than an activity. */
  readonly objectIsNoActivity?: true;
  /** It does not carry this category. */
  readonly withoutCategory?: string;
  /** Its scaled score and the masteryScore of the session contradict the verb. */
  readonly contradictsMasteryScore?: true;
}

export type XapiRule = {
  readonly id: string;
  readonly when: XapiCondition;
} & (
  | {
      readonly becomes: Verb | 'voided';
      /** What the activity is, where its own type does not say. */
      readonly activityIs?: string;
    }
  /** Why it is telemetry, in plain words. */
  | { readonly because: string }
);

type XapiProfile = 'cmi5' | 'scorm';

/** The verb that takes a statement back (1.0.3 part 2 §2.3.2). */
export const VOIDED = 'http://adlnet.gov/expapi/verbs/voided';

const CMI5 = 'https://w3id.org/xapi/cmi5';
const MOVE_ON = `${CMI5}/context/categories/moveon`;
const RESULTS = ['passed', 'failed', 'completed', 'waived'];

/** What a verb means wherever it is said, unless a rule before says otherwise. */
const VERBS: Readonly<Record<Verb, readonly string[]>> = {
  enrolled: ['registered', 'enrolled'],
  started: ['initialized', 'launched', 'attempted', 'start', 'started', 'restarted'],
  progressed: ['progressed', 'resumed', 'suspended'],
  participated: ['attended', 'participated', 'join', 'joined'],
  submitted: ['answered', 'submit', 'submitted'],
  assessed: ['scored', 'evaluated', 'assessed'],
  // cmi5 "satisfied": the LMS says that what was asked for (moveOn) is done.
  completed: ['completed', 'complete', 'satisfied'],
  passed: ['passed'],
  failed: ['failed'],
  awarded: ['achieved', 'earned', 'mastered', 'conferred', 'certified'],
  // cmi5 "waived": done elsewhere, and recognised here.
  recognised: ['waived'],
  'competency-asserted': ['asserted', 'validated', 'inferred', 'verified', 'qualified'],
  withdrew: ['abandoned', 'unregistered', 'leave', 'left'],
};
/** Every verb that some rule makes an event of. */
const EARNING = [...Object.values(VERBS).flat(), 'responded'];

/** One statement of cmi5 as this verb; of an assignable unit whose type nobody knows, a lesson. */
const unit = (verb: string, becomes: Verb): XapiRule => ({
  id: `cmi5-${verb}`,
  when: { profile: 'cmi5', verbs: [verb] },
  becomes,
  activityIs: 'lesson',
});

/**
 * A session of cmi5 (§9–10 of its specification) as one result of the course: only the LMS's
 * "satisfied" speaks of the course and of its blocks; what the assignable unit says is said of the
 * unit, with the course as its parent; how the session began and ended is kept for the store.
 */
const CMI5_RULES: readonly XapiRule[] = [
  {
    id: 'cmi5-content',
    when: { sessionOf: 'cmi5', verbs: EARNING },
    because:
      'in a cmi5 session only statements of the category cmi5 earn; this is the content’s own',
  },
  {
    id: 'cmi5-session',
    when: { profile: 'cmi5', verbs: ['launched', 'terminated', 'abandoned'] },
    because: 'how a cmi5 session begins and ends earns nothing, and does not withdraw anybody',
  },
  {
    id: 'cmi5-without-moveon',
    when: { profile: 'cmi5', verbs: RESULTS, withoutCategory: MOVE_ON },
    because: 'a result of cmi5 counts only if it carries the category moveon',
  },
  {
    id: 'cmi5-mastery-score',
    when: { profile: 'cmi5', verbs: ['passed', 'failed'], contradictsMasteryScore: true },
    because: 'the score contradicts the masteryScore of the session',
  },
  {
    id: 'cmi5-course-satisfied',
    when: { profile: 'cmi5', verbs: ['satisfied'], activityTypes: ['course'] },
    becomes: 'completed',
  },
  {
    id: 'cmi5-block-satisfied',
    when: { profile: 'cmi5', verbs: ['satisfied'], activityTypes: ['block'] },
    becomes: 'completed',
  },
  {
    id: 'cmi5-nothing-satisfied',
    when: { profile: 'cmi5', verbs: ['satisfied'] },
    because: 'cmi5 satisfies courses and blocks only, and says which of them in the type',
  },
  unit('initialized', 'started'),
  unit('passed', 'passed'),
  unit('failed', 'failed'),
  unit('completed', 'completed'),
  unit('waived', 'recognised'),
];

/**
 * Which statement becomes a learning event, and which is telemetry: kept by the store, earning
 * nothing. The first rule from the top that applies decides. This table is all there is to it; it
 * is what GET /v1/xapi-rules shows.
 */
export const XAPI_RULES = {
  /** A verb of another vocabulary may mean anything. */
  vocabularies: [
    'http://adlnet.gov/expapi/verbs/',
    'https://w3id.org/xapi/adl/verbs/',
    'http://activitystrea.ms/',
    'http://activitystrea.ms/schema/1.0/',
    'http://id.tincanapi.com/verb/',
    'https://w3id.org/xapi/acrossx/verbs/',
    'https://w3id.org/xapi/dod-isd/verbs/',
    'https://w3id.org/xapi/tla/verbs/',
    'https://xapi.edlm/profiles/edlm-lms/concepts/verbs/',
  ],
  profiles: {
    cmi5: [`${CMI5}/context/categories/cmi5`],
    scorm: ['https://w3id.org/xapi/scorm', 'https://w3id.org/xapi/scorm/v/2'],
  } satisfies Record<XapiProfile, readonly string[]>,
  activityTypes: {
    programme: ['program', 'programme', 'learning-plan'],
    course: ['course'],
    module: ['module', 'section', 'block', 'unit', 'scorm-content-object'],
    lesson: ['lesson', 'lesson-session', 'lesson-content-page', 'chapter', 'slide-deck'],
    assessment: [
      'assessment',
      'attempt',
      'cmi.interaction',
      'printed-assessment',
      'question',
      'quiz',
      'review#slot',
    ],
    assignment: ['assignment', 'submission', 'school-assignment', 'essay', 'printed-worksheet'],
    workshop: ['workshop'],
    event: [
      'meeting',
      'webinar',
      'conference',
      'conference-session',
      'face-to-face-discussion',
      'event',
    ],
    project: ['project'],
    reading: [
      'book',
      'e-book',
      'printed-book',
      'article',
      'document',
      'resource',
      'webpage',
      'page',
    ],
    media: ['media', 'video', 'audio'],
    mentoring: ['tutor-session'],
    discussion: ['discussion', 'online-discussion', 'forum', 'forum-topic', 'forum-reply'],
    badge: ['badge'],
    credential: ['certificate'],
    competency: ['competency', 'objective'],
  },
  rules: [
    {
      id: 'voiding',
      when: { verbId: VOIDED },
      becomes: 'voided',
    },
    {
      id: 'group',
      when: { verbs: EARNING, actorIsGroup: true },
      because: 'a group cannot learn here: one statement for each member would count',
    },
    {
      id: 'no-activity',
      when: { verbs: EARNING, objectIsNoActivity: true },
      because: 'the object is not an activity',
    },
    {
      id: 'place',
      when: { verbs: EARNING, activityTypes: ['lms', 'group'] },
      because: 'the object is a place, not an activity',
    },
    ...CMI5_RULES,
    {
      id: 'scorm-responded',
      when: { profile: 'scorm', verbs: ['responded'] },
      becomes: 'submitted',
    },
    {
      id: 'left-a-meeting',
      when: { verbs: ['leave', 'left'], activities: ['event'] },
      because: 'going out of a meeting is not withdrawing',
    },
    {
      id: 'certificate-checked',
      when: { verbs: VERBS['competency-asserted'], activities: ['credential', 'badge'] },
      because: 'somebody checked a certificate',
    },
    ...(Object.entries(VERBS) as [Verb, readonly string[]][]).map(([becomes, verbs]): XapiRule => ({
      id: becomes,
      when: { verbs },
      becomes,
    })),
    { id: 'other-verb', when: {}, because: 'the verb earns nothing' },
  ] satisfies readonly XapiRule[] as readonly XapiRule[],
} as const;
