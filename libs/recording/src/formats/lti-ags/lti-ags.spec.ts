import { describe, expect, it } from '@jest/globals';
import { eventIssues, itemsOf } from '../../testing/formats.js';
import type { Item } from '../format.js';
import { format } from './index.js';

const LINE_ITEM = 'https://lms.example/context/7/lineitems/3/lineitem?type_id=1';
const posted = (score: object = {}, part: object = {}) => ({
  lineItem: LINE_ITEM,
  score: {
    userId: '5323497',
    timestamp: '2026-04-16T18:54:36.736+00:00',
    scoreGiven: 83,
    scoreMaximum: 100,
    comment: 'Well done, Amina',
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...score,
  },
  ...part,
});
const one = async (body: unknown): Promise<Item> => {
  const [item] = await itemsOf(format, body);
  if (!item) throw new Error('no item');
  expect(eventIssues(item)).toEqual([]);
  return item;
};

describe('a score of LTI AGS', () => {
  it('that is fully graded is an assessment of the line item', async () => {
    const item = await one(posted());
    expect(item).toMatchObject({
      is: 'event',
      report: {
        learner: { account: { homePage: 'https://uni.example', name: '5323497' } },
        times: [Date.parse('2026-04-16T18:54:36.736Z')],
        data: {
          verb: 'assessed',
          activity: { id: LINE_ITEM, type: 'assessment' },
          result: { status: 'final', completion: true, score: { raw: 83, min: 0, max: 100 } },
        },
      },
    });
    expect(item).not.toHaveProperty('series.notFirst');
    expect(JSON.stringify({ ...item, said: undefined })).not.toContain('Amina');
  });

  it('may be more than the maximum, and stays it', async () => {
    expect(await one(posted({ scoreGiven: 110 }))).toMatchObject({
      report: { data: { result: { score: { raw: 110, min: 0, max: 100 } } } },
    });
  });

  it('of nothing is a score', async () => {
    expect(await one(posted({ scoreGiven: 0 }))).toMatchObject({
      report: { data: { verb: 'assessed', result: { score: { raw: 0 } } } },
    });
  });

  it.each([
    ['not ready', { gradingProgress: 'NotReady', scoreGiven: undefined }, 'submitted'],
    ['pending', { gradingProgress: 'Pending' }, 'submitted'],
    ['pending a person', { gradingProgress: 'PendingManual' }, 'submitted'],
    ['failed in grading', { gradingProgress: 'Failed', scoreGiven: null }, 'submitted'],
    ['graded while it goes on', { activityProgress: 'InProgress' }, 'progressed'],
    ['graded while it may be handed in again', { activityProgress: 'Submitted' }, 'submitted'],
    ['started', { activityProgress: 'Started', scoreGiven: undefined }, 'started'],
    ['going on', { activityProgress: 'InProgress', scoreGiven: null }, 'progressed'],
    ['cleared', { scoreGiven: undefined, scoreMaximum: undefined }, 'submitted'],
  ])(
    'that is %s counts for nothing, and only takes the place of another',
    async (_, part, verb) => {
      const item = await one(posted(part));
      expect(item).toMatchObject({
        series: { notFirst: expect.any(String) },
        report: { data: { verb, result: { status: 'provisional' } } },
      });
      expect(item).not.toHaveProperty('report.data.result.completion');
    },
  );

  it('belongs to the person of the platform that is named', async () => {
    expect(await one(posted({}, { platform: 'https://lms.example' }))).toMatchObject({
      report: { learner: { account: { homePage: 'https://lms.example' } } },
      series: { key: ['lti-ags', LINE_ITEM] },
    });
  });

  it('has the name of the line item where it is said', async () => {
    const item = await one(posted({}, { lineItem: { id: LINE_ITEM, label: 'Chapter 5' } }));
    expect(item).toMatchObject({
      report: { data: { activity: { id: LINE_ITEM, name: { und: 'Chapter 5' } } } },
    });
  });

  it.each([
    [posted({ userId: '' }), '#/score/userId'],
    [posted({ userId: 7 }), '#/score/userId'],
    [posted({ userId: undefined }), '#/score/userId'],
    [posted({ timestamp: 'yesterday' }), '#/score/timestamp'],
    [posted({ timestamp: '2026-04-16T18:54:36' }), '#/score/timestamp'],
    [posted({ timestamp: '0000-01-01T00:00:00Z' }), '#/score/timestamp'],
    [posted({ scoreGiven: -1 }), '#/score/scoreGiven'],
    [posted({ scoreGiven: '83' }), '#/score/scoreGiven'],
    [posted({ scoreMaximum: 0 }), '#/score/scoreMaximum'],
    [posted({ scoreMaximum: undefined }), '#/score/scoreMaximum'],
    [posted({ activityProgress: 'Done' }), '#/score/activityProgress'],
    [posted({ gradingProgress: undefined }), '#/score/gradingProgress'],
    [posted({}, { lineItem: 'lineitem 3' }), '#/lineItem'],
    [posted({}, { lineItem: { label: 'x' } }), '#/lineItem/id'],
    [posted({}, { lineItem: undefined }), '#/lineItem'],
    [posted({}, { platform: 'lms' }), '#/platform'],
    [{ lineItem: LINE_ITEM }, '#/score'],
    [7, '#'],
    [null, '#'],
  ])('is refused: %j', async (body, pointer) => {
    expect(await itemsOf(format, body)).toMatchObject([
      { is: 'refused', issues: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    ]);
  });

  it('that is bad does not trouble the others, and is pointed at', async () => {
    const items = await itemsOf(format, [posted(), posted({ scoreGiven: -1 }), posted()]);
    expect(items.map(({ is }) => is)).toEqual(['event', 'refused', 'event']);
    expect(items[1]).toMatchObject({ issues: [{ pointer: '#/1/score/scoreGiven' }] });
  });
});
