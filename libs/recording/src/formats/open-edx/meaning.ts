import type { ReportedData } from '../../domain/report.js';
import { defined } from '../../domain/defined.js';
import type { Item } from '../format.js';
import { type Message, numberOf, objectOf, textOf } from './message.js';

type Result = NonNullable<ReportedData['result']>;
type Activity = ReportedData['activity'];

/** What a message says of a learner, once it is known to say something. */
export interface Meaning {
  readonly user: unknown;
  readonly data: ReportedData;
  /** Of what the result is one state: later ones take its place. */
  readonly series?: string;
  readonly notFirst?: string;
}

/** Addresses as Open edX's own xAPI writes them, so that both ways in speak of the same things. */
export interface Places {
  readonly course: (key: unknown) => Activity | undefined;
  readonly block: (key: unknown) => Activity | undefined;
}

type Reader = (message: Message, places: Places) => Meaning | string;

const URL = /^https?:\/\/\S{1,2000}$/u;
const NO_COURSE = 'it names no course';

/** Of whom an event of the course's staff speaks is in its body, not in its context. */
const userOf = ({ data, context }: Message): unknown => data['user_id'] ?? context['user_id'];
const courseOf = ({ data, context }: Message): unknown => data['course_id'] ?? context['course_id'];

/** A share of the maximum; more is possible nowhere in Open edX. */
const share = (value: unknown): Result['score'] => {
  const scaled = numberOf(value);
  return scaled !== undefined && scaled >= 0 && scaled <= 1 ? { scaled } : undefined;
};

const letter = (value: unknown): Result['grade'] => {
  const text = textOf(value);
  return text !== undefined && text.length <= 64
    ? { value: text, scale: { type: 'letter' } }
    : undefined;
};

const tracking =
  (verb: ReportedData['verb'], result?: Result, series?: string): Reader =>
  (message, places) => {
    const activity = places.course(courseOf(message));
    if (!activity) return NO_COURSE;
    return {
      user: userOf(message),
      data: defined({ activity, verb, result }),
      ...defined({ series }),
    };
  };

/**
 * While a course goes on its grade is calculated anew after each problem: it is final only where
 * Open edX says when the course was passed.
 */
const courseGrade = (grade: Message['data'], activity: Activity, user: unknown): Meaning => {
  const hasPassed = textOf(grade['passed_timestamp']) !== undefined;
  return {
    user,
    data: {
      activity,
      verb: 'assessed',
      result: defined({
        status: hasPassed ? ('final' as const) : ('in-progress' as const),
        success: hasPassed ? true : undefined,
        score: share(grade['percent_grade']),
        grade: letter(grade['letter_grade']),
      }),
    },
    ...(hasPassed ? { series: 'grade' } : {}),
  };
};

const AWARDED: Result = { status: 'final', success: true, completion: true };
const TAKEN_BACK: Result = { status: 'final', success: false, completion: false };

const award = (user: unknown, activity: Activity, url: unknown): Meaning => {
  const uri = textOf(url);
  const evidence =
    uri !== undefined && URL.test(uri) ? [{ uri, kind: 'certificate' as const }] : undefined;
  const data = defined({ activity, verb: 'awarded' as const, result: AWARDED, evidence });
  return { user, data, series: 'certificate' };
};

/** A void would let an earlier state of the certificate count again: so a state that says no. */
const takeBack = (user: unknown, activity: Activity): Meaning => ({
  user,
  data: { activity, verb: 'failed', result: TAKEN_BACK },
  series: 'certificate',
  notFirst: 'no certificate of this course and learner is recorded',
});

const submitted =
  (block: string): Reader =>
  (message, places) => {
    const activity = places.block(message.data[block]);
    if (!activity) return 'it names no problem';
    const course = places.course(courseOf(message));
    return {
      user: userOf(message),
      data: {
        activity: { ...activity, ...(course ? { parents: [course.id] } : {}) },
        verb: 'submitted',
      },
    };
  };

/** Names of events as the tracking log has them. */
const TRACKING: Readonly<Record<string, Reader>> = {
  'edx.course.enrollment.activated': tracking('enrolled'),
  'edx.course.enrollment.deactivated': tracking('withdrew'),
  'edx.course.grade.passed.first_time': tracking(
    'passed',
    { status: 'final', success: true },
    'passing',
  ),
  'edx.course.grade.now_passed': tracking('passed', { status: 'final', success: true }, 'passing'),
  'edx.course.grade.now_failed': tracking('failed', { status: 'final', success: false }, 'passing'),
  'edx.completion_aggregator.completion.course': tracking('completed', { completion: true }),
  'edx.course.completed': tracking('completed', { completion: true }),
  'edx.grades.course.grade_calculated': (message, places) => {
    const activity = places.course(courseOf(message));
    return activity ? courseGrade(message.data, activity, userOf(message)) : NO_COURSE;
  },
  // What it was worth `problem_check` says.
  'edx.grades.problem.submitted': submitted('problem_id'),
  'edx.special_exam.proctored.attempt.submitted': submitted('exam_content_id'),
  'edx.special_exam.timed.attempt.submitted': submitted('exam_content_id'),
  'edx.certificate.created': (message, places) => {
    const activity = places.course(courseOf(message));
    return activity ? award(userOf(message), activity, message.data['certificate_url']) : NO_COURSE;
  },
  'edx.certificate.revoked': (message, places) => {
    const activity = places.course(courseOf(message));
    return activity ? takeBack(userOf(message), activity) : NO_COURSE;
  },
  problem_check: (message, places) => {
    const { data } = message;
    const activity = places.block(data['problem_id']);
    if (!activity) return 'it names no problem';
    const [raw, max] = [numberOf(data['grade']), numberOf(data['max_grade'])];
    const attempt = numberOf(data['attempts']);
    const course = places.course(courseOf(message));
    return {
      user: userOf(message),
      data: {
        activity: defined({
          ...activity,
          parents: course ? [course.id] : undefined,
          attempt:
            attempt !== undefined && Number.isInteger(attempt) && attempt > 0 ? attempt : undefined,
        }),
        verb: 'assessed',
        result: defined({
          success: data['success'] === undefined ? undefined : data['success'] === 'correct',
          score:
            raw !== undefined && max !== undefined && max > 0 ? { raw, min: 0, max } : undefined,
          status: 'final' as const,
        }),
      },
    };
  },
};

const enrolment =
  (verb: ReportedData['verb']): Reader =>
  ({ data }, places) => {
    const { user, course } = objectOf(data['enrollment']);
    const activity = places.course(objectOf(course)['course_key']);
    return activity ? { user: objectOf(user)['id'], data: { activity, verb } } : NO_COURSE;
  };

/** "Created" and "changed" are both sent whenever a certificate is saved: one state, one event. */
const certificate: Reader = ({ data }, places) => {
  const { user, course, current_status: status, download_url: url } = objectOf(data['certificate']);
  const activity = places.course(objectOf(course)['course_key']);
  if (!activity) return NO_COURSE;
  return status === 'downloadable'
    ? award(objectOf(user)['id'], activity, url)
    : 'a certificate counts when it can be downloaded';
};

/** Types of messages as the event bus has them, without their version. */
const EVENT_BUS: Readonly<Record<string, Reader>> = {
  'org.openedx.learning.course.enrollment.created': enrolment('enrolled'),
  'org.openedx.learning.course.unenrollment.completed': enrolment('withdrew'),
  'org.openedx.learning.certificate.created': certificate,
  'org.openedx.learning.certificate.changed': certificate,
  'org.openedx.learning.certificate.revoked': ({ data }, places) => {
    const { user, course } = objectOf(data['certificate']);
    const activity = places.course(objectOf(course)['course_key']);
    return activity ? takeBack(objectOf(user)['id'], activity) : NO_COURSE;
  },
  'org.openedx.learning.course.persistent_grade_summary.changed': ({ data }, places) => {
    const grade = objectOf(data['grade']);
    const activity = places.course(objectOf(grade['course'])['course_key']);
    return activity ? courseGrade(grade, activity, grade['user_id']) : NO_COURSE;
  },
};

/**
 * Out: what the message means; why it earns nothing; undefined where nobody asks what it says. A
 * browser may send any event under any name: only what the server says is believed.
 */
export const meaningOf = (message: Message, places: Places): Meaning | string | undefined => {
  const reader =
    message.on === 'tracking'
      ? ownOf(TRACKING, message.name)
      : ownOf(EVENT_BUS, message.name.replace(/\.v1$/u, ''));
  if (reader && (message.by ?? 'server') !== 'server') return 'what a browser says is not a result';
  return reader?.(message, places);
};

const ownOf = (readers: Readonly<Record<string, Reader>>, name: string): Reader | undefined =>
  Object.hasOwn(readers, name) ? readers[name] : undefined;

export const rawFormat = (
  message: Message,
): NonNullable<Extract<Item, { is: 'event' }>['format']> =>
  message.on === 'tracking' ? 'openedx-tracking' : 'openedx-event-bus';
