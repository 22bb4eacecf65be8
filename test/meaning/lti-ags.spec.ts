import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../libs/accumulation/src/domain/rule.js';
import type { Learning } from '../../libs/accumulation/src/domain/learning.js';
import { currentRevisions } from '../../libs/accumulation/src/domain/revisions.js';
import { format } from '../../libs/recording/src/formats/lti-ags/index.js';
import { reading } from '../../libs/recording/src/testing/formats.js';

const LINE_ITEM = 'https://lms.example/lineitems/3';
const SOURCE = 'urn:llcl:a:b';

/** What rules see of scores that were recorded one after the other, each a correction. */
const learnings = async (...scores: readonly object[]): Promise<readonly Learning[]> => {
  const posted = scores.map((score, n) => ({
    lineItem: LINE_ITEM,
    score: {
      userId: '8',
      timestamp: `2026-04-16T09:0${n}:00Z`,
      activityProgress: 'Completed',
      ...score,
    },
  }));
  const now = new Date('2026-11-23T12:00:00Z');
  const items = await format.read(posted, { ...reading, source: SOURCE, now });
  return items.map((item, seq): Learning => {
    if (item.is !== 'event' || item.report.is !== 'learning') throw new Error(item.is);
    const before = { source: SOURCE, id: `${seq - 1}`, reason: 'regrade' };
    const data = {
      ...item.report.data,
      assurance: { level: 'assessed' as const },
      ...(seq > 0 ? { supersedes: before } : {}),
    };
    const time = new Date(item.report.times[0] ?? 0).toISOString();
    return { id: `evt_${seq}`, seq, time, source: SOURCE, eventId: `${seq}`, data };
  });
};
const isEarned = async (...scores: readonly object[]): Promise<boolean> => {
  const counted = currentRevisions(await learnings(...scores), []);
  const facts = { learnings: counted, achievements: new Map() };
  return evaluate({ completed: LINE_ITEM }, facts, 'assessed').earned;
};

describe('scores of LTI AGS and a rule', () => {
  const graded = { scoreGiven: 80, scoreMaximum: 100, gradingProgress: 'FullyGraded' };
  const cleared = { gradingProgress: 'NotReady' };

  it.each<[string, readonly object[], boolean]>([
    ['graded', [graded], true],
    ['graded again', [graded, { ...graded, scoreGiven: 10 }], true],
    ['pending', [{ ...graded, gradingProgress: 'Pending' }], false],
    ['graded while it goes on', [{ ...graded, activityProgress: 'InProgress' }], false],
    ['cleared', [graded, cleared], false],
    ['cleared after it was graded twice', [graded, graded, cleared], false],
    ['graded after it was cleared', [graded, cleared, graded], true],
    ['pending after it was graded', [graded, { ...graded, gradingProgress: 'Pending' }], false],
    ['going on after it was graded', [graded, { ...cleared, activityProgress: 'Started' }], false],
  ])('%s: %#', async (_, scores, earned) => {
    expect(await isEarned(...scores)).toBe(earned);
  });
});
