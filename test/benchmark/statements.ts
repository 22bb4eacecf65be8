import { randomUUID } from 'node:crypto';
import { LEARNERS } from './entries.js';
import { HOME_PAGE } from './events.js';
import { CLIENT, XAPI_SECRET } from './recorder.js';

export const COURSE = `${HOME_PAGE}/course/1`;
export const VERBS = [
  // Half of what a learning system says can earn something (Moodle's plug-in: 44 %).
  'http://adlnet.gov/expapi/verbs/completed',
  'http://id.tincanapi.com/verb/viewed',
] as const;
/** How xAPI clients say who they are. */
export const XAPI_HEADERS = {
  authorization: `Basic ${Buffer.from(`${CLIENT}:${XAPI_SECRET}`).toString('base64')}`,
  'x-experience-api-version': '1.0.3',
  'content-type': 'application/json',
};

let made = 0;

export const account = (n: number) => ({ homePage: HOME_PAGE, name: `learner-${n % LEARNERS}` });

/** A statement of about 1 KB about one course, as a learning system sends it. */
export const statement = () => {
  made += 1;
  const n = made;
  return {
    id: randomUUID(),
    actor: { objectType: 'Agent', name: `Learner ${n % LEARNERS}`, account: account(n) },
    verb: { id: VERBS[n % 2], display: { en: n % 2 === 0 ? 'completed' : 'viewed' } },
    object: {
      objectType: 'Activity',
      id: COURSE,
      definition: {
        type: 'https://w3id.org/xapi/cmi5/activitytype/course',
        name: { en: 'A course that all learners of the bench are in' },
        extensions: {
          'https://w3id.org/learning-analytics/learning-management-system/short-id': 'c1',
        },
      },
    },
    result: { score: { raw: n % 100, min: 0, max: 100 }, completion: true },
    context: {
      platform: 'Bench',
      language: 'en',
      contextActivities: {
        grouping: [
          {
            id: HOME_PAGE,
            objectType: 'Activity',
            definition: { type: 'http://id.tincanapi.com/activitytype/lms', name: { en: 'Bench' } },
          },
        ],
        category: [{ id: 'http://moodle.org', objectType: 'Activity' }],
      },
    },
    timestamp: new Date().toISOString(),
  };
};

export const statements = (count: number): ReturnType<typeof statement>[] =>
  Array.from({ length: count }, statement);
