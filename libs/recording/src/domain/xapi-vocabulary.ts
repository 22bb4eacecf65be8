import type { Verb } from '#contracts';

/** The vocabularies whose verbs we know. A verb of another one may mean anything. */
const VOCABULARIES: ReadonlySet<string> = new Set([
  'http://adlnet.gov/expapi/verbs/',
  'https://w3id.org/xapi/adl/verbs/',
  'http://activitystrea.ms/',
  'http://activitystrea.ms/schema/1.0/',
  'http://id.tincanapi.com/verb/',
  'https://w3id.org/xapi/acrossx/verbs/',
  'https://w3id.org/xapi/dod-isd/verbs/',
  'https://w3id.org/xapi/tla/verbs/',
  'https://xapi.edlm/profiles/edlm-lms/concepts/verbs/',
]);

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

const ACTIVITY_TYPES: Readonly<Record<string, readonly string[]>> = {
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
  reading: ['book', 'e-book', 'printed-book', 'article', 'document', 'resource', 'webpage', 'page'],
  media: ['media', 'video', 'audio'],
  mentoring: ['tutor-session'],
  discussion: ['discussion', 'online-discussion', 'forum', 'forum-topic', 'forum-reply'],
  badge: ['badge'],
  credential: ['certificate'],
  competency: ['competency', 'objective'],
};

const byName = <T extends string>(table: Readonly<Record<T, readonly string[]>>) =>
  new Map(
    (Object.entries(table) as [T, readonly string[]][]).flatMap(([meaning, names]) =>
      names.map((name) => [name, meaning] as const),
    ),
  );
const verbs = byName(VERBS);
const activityTypes = byName(ACTIVITY_TYPES);

/** The last segment of an IRI: what a vocabulary calls the thing. */
export const nameOf = (iri: string): string => iri.slice(iri.lastIndexOf('/') + 1);

export const VOIDED = 'http://adlnet.gov/expapi/verbs/voided';

/** What an xAPI verb means here; undefined for what earns nothing, such as viewing. */
export const verbOf = (iri: string): Verb | undefined => {
  const name = nameOf(iri);
  return VOCABULARIES.has(iri.slice(0, iri.length - name.length)) ? verbs.get(name) : undefined;
};

/** The canonical type for an xAPI activity type, whatever the vocabulary; `other` if none fits. */
export const activityTypeOf = (iri: string | undefined): string =>
  (iri && activityTypes.get(nameOf(iri))) || 'other';
