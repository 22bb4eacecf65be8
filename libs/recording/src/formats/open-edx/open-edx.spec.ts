import { describe, expect, it } from '@jest/globals';
import { eventIssues, itemsOf } from '../../testing/formats.js';
import type { Item } from '../format.js';
import { format } from './index.js';

const COURSE = 'course-v1:edX+DemoX+Demo_Course';
const PROBLEM = 'block-v1:edX+DemoX+Demo_Course+type@problem+block@a0ef';
const COURSE_URL = `https://uni.example/course/${COURSE}`;

/** As the tracking log has it. */
const tracked = (name: string, event: unknown = {}, part: object = {}) => ({
  name,
  event_type: name,
  event_source: 'server',
  username: 'amina',
  host: 'lms.example',
  ip: '192.0.2.1',
  context: { course_id: COURSE, user_id: 8, org_id: 'edX' },
  event,
  time: '2026-04-16T06:32:31.431355+00:00',
  ...part,
});
const CHECK = {
  problem_id: PROBLEM,
  grade: 3,
  max_grade: 4,
  success: 'incorrect',
  attempts: 2,
  submission: { x: { answer: 'what Amina wrote' } },
};
/** As the event bus has it. */
const bus = (type: string, data: object, part: object = {}) => ({
  specversion: '1.0',
  id: '0f1c',
  type: `org.openedx.learning.${type}.v1`,
  source: 'openedx/lms/web',
  time: '2026-04-16T06:32:31.431355+00:00',
  data,
  ...part,
});
const user = { id: 8, is_active: true, pii: { username: 'amina', email: 'a@b.c', name: 'Amina' } };
const course = { course_key: COURSE, display_name: 'Demo' };
const certified = (part: object = {}) => ({
  certificate: {
    user,
    course,
    mode: 'verified',
    grade: '0.91',
    current_status: 'downloadable',
    download_url: 'https://lms.example/certificates/1',
    name: 'Amina Diallo',
    ...part,
  },
});
const graded = (part: object = {}) => ({
  grade: {
    user_id: 8,
    course,
    percent_grade: 0.87,
    letter_grade: 'B',
    passed_timestamp: '2026-04-16T06:32:31Z',
    ...part,
  },
});

const one = async (body: unknown): Promise<Item> => {
  const [item] = await itemsOf(format, body);
  if (!item) throw new Error('no item');
  expect(eventIssues(item)).toEqual([]);
  expect(JSON.stringify({ ...item, said: undefined })).not.toMatch(/amina|192\.0|a@b/iu);
  return item;
};
const dataOf = async (body: unknown) => {
  const item = await one(body);
  if (item.is !== 'event' || item.report.is !== 'learning') throw new Error(JSON.stringify(item));
  return item.report.data;
};

describe('Open edX', () => {
  it.each([
    ['edx.course.enrollment.activated', {}, 'enrolled'],
    ['edx.course.enrollment.deactivated', {}, 'withdrew'],
    ['edx.course.grade.passed.first_time', {}, 'passed'],
    ['edx.course.grade.now_passed', {}, 'passed'],
    ['edx.course.grade.now_failed', {}, 'failed'],
    ['edx.certificate.created', { certificate_id: 'c' }, 'awarded'],
    ['edx.completion_aggregator.completion.course', {}, 'completed'],
  ])('%s is "%s" of the course', async (name, event, verb) => {
    expect(await dataOf(tracked(name, event))).toMatchObject({
      verb,
      activity: { id: COURSE_URL, type: 'course' },
    });
  });

  it('names the learner of the body, not the teacher who did it', async () => {
    const item = await one(tracked('edx.course.enrollment.activated', { user_id: 42 }));
    expect(item).toMatchObject({
      report: { learner: { account: { homePage: 'https://uni.example', name: '42' } } },
    });
    // Some numbers come as texts: it is the same account.
    expect(await one(tracked('edx.certificate.created', { user_id: '42' }))).toMatchObject({
      report: { learner: { account: { name: '42' } } },
    });
  });

  it('says what a problem was worth, in which attempt, and not what was answered', async () => {
    expect(await dataOf(tracked('problem_check', CHECK))).toEqual({
      verb: 'assessed',
      activity: {
        id: `https://uni.example/xblock/${PROBLEM}`,
        type: 'assessment',
        parents: [COURSE_URL],
        attempt: 2,
      },
      result: { status: 'final', success: false, score: { raw: 3, min: 0, max: 4 } },
    });
    const ungraded = await dataOf(tracked('problem_check', { ...CHECK, grade: 0, max_grade: 0 }));
    expect(ungraded.result).not.toHaveProperty('score');
  });

  it.each([
    ['edx.grades.problem.submitted', { problem_id: PROBLEM, weighted_earned: 1 }],
    ['edx.special_exam.timed.attempt.submitted', { exam_content_id: PROBLEM }],
  ])('%s is "submitted", without a result', async (name, event) => {
    expect(await dataOf(tracked(name, event, { event_source: undefined }))).toEqual({
      verb: 'submitted',
      activity: {
        id: `https://uni.example/xblock/${PROBLEM}`,
        type: 'assessment',
        parents: [COURSE_URL],
      },
    });
  });

  it('counts the grade of a course only once it is passed', async () => {
    const type = 'course.persistent_grade_summary.changed';
    expect(await dataOf(bus(type, graded()))).toMatchObject({
      verb: 'assessed',
      result: {
        status: 'final',
        success: true,
        score: { scaled: 0.87 },
        grade: { value: 'B', scale: { type: 'letter' } },
      },
    });
    expect(await one(bus(type, graded()))).toHaveProperty('series.key', ['grade', COURSE_URL]);
    const notYet = bus(type, graded({ passed_timestamp: null, letter_grade: '' }));
    // It is calculated after each problem: a chain of all of them would be long and say nothing.
    expect(await one(notYet)).not.toHaveProperty('series');
    const running = await dataOf(notYet);
    expect(running.result).toEqual({ status: 'in-progress', score: { scaled: 0.87 } });
    const calculated = { percent_grade: 0.02, letter_grade: '' };
    const tracking = await dataOf(tracked('edx.grades.course.grade_calculated', calculated));
    expect(tracking.result).toEqual({ status: 'in-progress', score: { scaled: 0.02 } });
  });

  it('reads a message with its headers beside it', async () => {
    const { type, time, data } = bus('certificate.created', certified());
    const headers = { ce_type: type, ce_time: time, ce_id: '0f1c' };
    for (const message of [
      { headers, value: data },
      { ...data, metadata: { event_type: type, time } },
    ])
      expect(await dataOf(message)).toMatchObject({ verb: 'awarded' });
  });

  it('awards by a certificate that can be downloaded, alike for "created" and "changed"', async () => {
    const created = await one(bus('certificate.created', certified()));
    expect(created).toMatchObject({
      format: 'openedx-event-bus',
      report: {
        data: {
          verb: 'awarded',
          result: { status: 'final', success: true, completion: true },
          evidence: [{ uri: 'https://lms.example/certificates/1', kind: 'certificate' }],
        },
      },
    });
    const changed = await one(bus('certificate.changed', certified()));
    expect({ ...changed, said: 0, verb: 0 }).toEqual({ ...created, said: 0, verb: 0 });
    const relative = await dataOf(bus('certificate.created', certified({ download_url: '/c/1' })));
    expect(relative).not.toHaveProperty('evidence');
  });

  it('takes a certificate back by a state that says no, and only if there was one', async () => {
    for (const revoked of [
      bus('certificate.revoked', certified({ current_status: 'notpassing' })),
      tracked('edx.certificate.revoked', {}),
    ])
      expect(await one(revoked)).toMatchObject({
        series: { key: ['certificate', COURSE_URL], notFirst: expect.any(String) },
        report: { data: { verb: 'failed', result: { success: false, completion: false } } },
      });
  });

  it.each([
    ['course.enrollment.created', 'enrolled'],
    ['course.unenrollment.completed', 'withdrew'],
  ])('%s of the bus is "%s"', async (type, verb) => {
    expect(
      await dataOf(bus(type, { enrollment: { user, course, is_active: true } })),
    ).toMatchObject({ verb, activity: { id: COURSE_URL } });
  });

  it.each([
    ['an event that nobody asks about', tracked('edx.video.played')],
    ['a name of every object', tracked('constructor')],
    [
      'a certificate that a browser made up',
      tracked('edx.certificate.created', {}, { event_source: 'browser' }),
    ],
    [
      'what a browser says, though it is said elsewhere',
      tracked('problem_check', CHECK, {
        event_source: undefined,
        context: { course_id: COURSE, user_id: 8, event_source: 'browser' },
      }),
    ],
    ['what a browser says', tracked('problem_check', 'input_1=x', { event_source: 'browser' })],
    ['a problem without a name', tracked('problem_check', { ...CHECK, problem_id: 'a b' })],
    [
      'an event of nobody',
      tracked('edx.certificate.created', {}, { context: { course_id: COURSE, user_id: '' } }),
    ],
    ['an event of no course', tracked('edx.certificate.created', {}, { context: { user_id: 8 } })],
    [
      'a certificate that is not there yet',
      bus('certificate.created', certified({ current_status: 'generating' })),
    ],
    ['a message that nobody asks about', bus('student.registration.completed', {})],
    [
      'a body that is cut off',
      tracked('edx.certificate.created', '{"user_id": 8, ', { context: {} }),
    ],
  ])('%s is telemetry', async (_, body) => {
    expect((await one(body)).is).toBe('telemetry');
  });

  it.each([
    ['no time', tracked('edx.certificate.created', {}, { time: undefined })],
    [
      'a time without an offset',
      tracked('edx.certificate.created', {}, { time: '2026-04-16T06:32:31' }),
    ],
    [
      'no calendar’s time',
      tracked('edx.certificate.created', {}, { time: '2026-13-16T06:32:31Z' }),
    ],
    ['a user that is none', tracked('edx.certificate.created', { user_id: { id: 8 } })],
    ['a user with spaces', tracked('edx.certificate.created', { user_id: 'amina diallo' })],
    ['neither kind', { hello: 'world' }],
    ['a number', 7],
    ['nothing', null],
  ])('refuses %s', async (_, body) => {
    expect((await one(body)).is).toBe('refused');
  });

  it('reads JSON lines, each for itself, and one object over several lines', async () => {
    const good = JSON.stringify(tracked('edx.course.enrollment.activated'));
    const items = await itemsOf(format, `${good}\n\n${good.slice(0, 40)}\n${good}\n`);
    expect(items.map(({ is }) => is)).toEqual(['event', 'refused', 'event']);
    expect(items[1]).toMatchObject({ issues: [{ pointer: '#/1' }] });
    const pretty = JSON.stringify(tracked('edx.course.enrollment.activated'), null, 2);
    expect((await itemsOf(format, pretty)).map(({ is }) => is)).toEqual(['event']);
    expect(await itemsOf(format, '')).toEqual([]);
  });

  it('refuses a thousand and one, and a list that is no JSON', async () => {
    const line = JSON.stringify(tracked('edx.video.played'));
    await expect(itemsOf(format, `${line}\n`.repeat(1_001))).rejects.toMatchObject({
      code: 'too-large',
    });
    await expect(itemsOf(format, '[1,')).rejects.toMatchObject({ code: 'malformed-json' });
  });

  it('tells events of one request apart, and microseconds', async () => {
    const at = (time: string) =>
      tracked('edx.course.enrollment.activated', {}, { time, request_id: 'r' });
    const contents = await Promise.all(
      ['31.431355', '31.431356'].map(async (s) => {
        const item = await one(at(`2026-04-16T06:32:${s}+00:00`));
        return item.is === 'event' ? item.content : undefined;
      }),
    );
    expect(new Set(contents).size).toBe(2);
  });
});
