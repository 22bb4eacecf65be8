import { randomUUID } from 'node:crypto';
import type { Client } from '#contracts';
import type { KeyRing } from '#vault';

export const NOW = '2026-11-23T12:00:00.000Z';
export const SOURCE = 'urn:llcl:uni:lms';

export const client: Client = {
  id: 'uni',
  name: 'Aurora Open University',
  type: 'university',
  country: 'ES',
  homePage: 'https://uni.example',
  sources: [SOURCE, 'urn:llcl:uni:other'],
  learningContext: 'formal',
  highestAssurance: 'assessed',
  recognises: false,
};

const account = { homePage: 'https://uni.example', name: '204' };

/** What an event says; each part can be said otherwise, undefined leaves it out. */
const eventData = (part: object = {}) => ({
  learner: { account },
  activity: { id: 'https://uni.example/course/12', type: 'course', name: { en: 'Nursing' } },
  verb: 'passed',
  occurredAt: '2026-05-04T09:00:00Z',
  result: { score: { raw: 100, min: 0, max: 100 }, success: true },
  ...part,
});

/** As a provider sends it. */
export const event = (part: object = {}, data: object = {}): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify({
      specversion: '1.0',
      id: 'e-1',
      source: SOURCE,
      type: 'org.learning-ledger.passed.v1',
      time: '2026-05-04T09:00:00Z',
      datacontenttype: 'application/json',
      data: eventData(data),
      ...part,
    }),
  ) as Record<string, unknown>;

export const voiding = (part: object = {}, data: object = {}) =>
  event({
    id: 'v-1',
    type: 'org.learning-ledger.voided.v1',
    data: {
      target: { source: SOURCE, id: 'e-1' },
      reason: 'entered-in-error',
      ...data,
    },
    ...part,
  });

export const statement = (part: object = {}) => ({
  actor: { account, name: 'Amina Diallo' },
  verb: { id: 'http://adlnet.gov/expapi/verbs/passed' },
  object: { id: 'https://uni.example/course/12' },
  timestamp: '2026-05-04T09:00:00Z',
  ...part,
});

/** A statement with an id of its own. */
export const named = (part: object = {}) => ({ id: randomUUID(), ...statement(part) });

/** What no other test says, as part of a statement, so that it is an event of its own. */
export const unique = () => ({ object: { id: `https://uni.example/course/${randomUUID()}` } });

export const keyRing: KeyRing = { secret: (name) => Buffer.alloc(32, name) };

/** So many, each told its number. */
export const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
