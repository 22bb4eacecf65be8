import { randomUUID } from 'node:crypto';
import { LEARNERS } from './entries.js';

export const SOURCE = 'urn:llcl:bench:system';
export const HOME_PAGE = 'https://bench.example';

let made = 0;

/** An event as a provider sends it; recorded, it makes a leaf of about 1 KB. */
export const event = () => {
  made += 1;
  const time = new Date(Date.now() - (made % 50 === 0 ? 86_400_000 : 0)).toISOString();
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: SOURCE,
    type: 'org.learning-ledger.completed.v1',
    time,
    datacontenttype: 'application/json',
    data: {
      learner: { account: { homePage: HOME_PAGE, name: `learner-${made % LEARNERS}` } },
      activity: { id: `${HOME_PAGE}/quiz/${made % 100}`, type: 'assessment' },
      verb: 'completed',
      occurredAt: time,
      result: { score: { raw: made % 100, min: 0, max: 100 } },
    },
  };
};

export const events = (count: number): ReturnType<typeof event>[] =>
  Array.from({ length: count }, event);
