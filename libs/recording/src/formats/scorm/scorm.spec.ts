import { describe, expect, it } from '@jest/globals';
import { eventIssues, itemsOf } from '../../testing/formats.js';
import type { Item } from '../format.js';
import { format } from './index.js';

const attempt = (cmi: unknown, part: object = {}) => ({
  learner: { account: { homePage: 'https://uni.example', name: '204' } },
  activity: { id: 'https://uni.example/sco/1', title: 'Hygiene' },
  course: 'https://uni.example/course/1',
  time: '2026-05-04T09:00:00Z',
  cmi,
  ...part,
});
const one = async (body: unknown): Promise<Item> => {
  const [item] = await itemsOf(format, body);
  if (!item) throw new Error('no item');
  expect(eventIssues(item)).toEqual([]);
  return item;
};
const core = (status: string, part: object = {}) => ({ core: { lesson_status: status, ...part } });

describe('SCORM 1.2', () => {
  it.each([
    ['passed', 'passed', { success: true, completion: true }],
    ['P', 'passed', { success: true, completion: true }],
    ['completed', 'completed', { completion: true }],
    ['failed', 'failed', { success: false }],
    ['incomplete', 'progressed', { status: 'in-progress' }],
  ])('"%s" is "%s"', async (status, verb, result) => {
    const item = await one(attempt(core(status)));
    expect(item).toMatchObject({
      report: {
        data: {
          verb,
          activity: {
            id: 'https://uni.example/sco/1',
            type: 'module',
            name: { und: 'Hygiene' },
            parents: ['https://uni.example/course/1'],
          },
        },
      },
    });
    expect(item).toHaveProperty('report.data.result', result);
  });

  it('has a score of 100 unless it says otherwise, and its own way to write time', async () => {
    const item = await one(
      attempt(
        core('passed', { score: { raw: '85', min: '', max: '' }, total_time: '0001:30:05.25' }),
      ),
    );
    expect(item).toMatchObject({
      report: {
        data: { result: { score: { raw: 85, min: 0, max: 100 }, duration: 'PT1H30M5.25S' } },
      },
    });
  });

  it('may come flat', async () => {
    const flat = {
      'cmi.core.lesson_status': 'passed',
      'cmi.core.score.raw': 7,
      'cmi.core.score.max': 10,
    };
    expect(await one(attempt(flat))).toMatchObject({
      report: { data: { verb: 'passed', result: { score: { raw: 7, min: 0, max: 10 } } } },
    });
  });
});

describe('SCORM 2004', () => {
  it.each([
    ['completed', 'passed', 'passed', { success: true, completion: true }],
    ['completed', 'unknown', 'completed', { completion: true }],
    ['completed', 'failed', 'failed', { success: false, completion: true }],
    ['incomplete', 'passed', 'passed', { success: true }],
    ['incomplete', 'unknown', 'progressed', { status: 'in-progress' }],
    ['unknown', 'failed', 'failed', { success: false }],
  ])('"%s" and "%s" is "%s"', async (completion_status, success_status, verb, result) => {
    const item = await one(attempt({ completion_status, success_status }));
    expect(item).toHaveProperty('report.data.verb', verb);
    expect(item).toHaveProperty('report.data.result', result);
  });

  it('says scaled scores, progress and durations', async () => {
    const cmi = {
      completion_status: 'incomplete',
      score: { scaled: '0.8', raw: '8', min: '0', max: '10' },
      progress_measure: '0.5',
      total_time: 'PT1H5.5S',
    };
    expect(await one(attempt(cmi))).toMatchObject({
      report: {
        data: {
          result: {
            score: { scaled: 0.8, raw: 8, min: 0, max: 10 },
            progress: 0.5,
            duration: 'PT1H5.5S',
          },
        },
      },
    });
  });
});

describe('an attempt', () => {
  it.each([
    ['browsed', core('browsed')],
    ['not attempted', core('not attempted')],
    ['without credit', core('passed', { credit: 'no-credit' })],
    ['in browse mode', core('passed', { lesson_mode: 'browse' })],
    ['in review', { completion_status: 'completed', mode: 'review' }],
    ['not attempted (2004)', { completion_status: 'not attempted' }],
  ])('%s is telemetry', async (_, cmi) => {
    expect((await one(attempt(cmi))).is).toBe('telemetry');
  });

  it.each([
    [attempt({}), '#/cmi'],
    [attempt([]), '#/cmi'],
    [attempt('passed'), '#/cmi'],
    [attempt(core('mastered')), '#/cmi'],
    [attempt(core('constructor')), '#/cmi'],
    [attempt({ completion_status: 'done' }), '#/cmi'],
    [attempt(core('passed', { score: { raw: '101' } })), '#/cmi'],
    [attempt(core('passed', { score: { raw: 'ten' } })), '#/cmi'],
    [attempt(core('passed', { score: { raw: '5', min: '5', max: '5' } })), '#/cmi'],
    [attempt({ success_status: 'passed', score: { scaled: '1.1' } }), '#/cmi'],
    [
      attempt(Object.fromEntries(Array.from({ length: 10_002 }, (_, n) => [`x${n}`, 'x']))),
      '#/cmi',
    ],
    [attempt(core('passed'), { learner: {} }), '#/learner'],
    [attempt(core('passed'), { learner: { mail: 'a@b.c' } }), '#/learner/mail'],
    [attempt(core('passed'), { time: '2026-05-04' }), '#/time'],
    [attempt(core('passed'), { time: '0000-01-01T00:00:00Z' }), '#/time'],
    [attempt(core('passed'), { activity: { id: 'sco 1' } }), '#/activity/id'],
    [attempt(core('passed'), { attempt: 0 }), '#/attempt'],
    [attempt(core('passed'), { studentName: 'Amina' }), '#/studentName'],
    [7, '#'],
  ])('is refused (%#)', async (body, pointer) => {
    expect(await itemsOf(format, body)).toMatchObject([
      { is: 'refused', issues: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    ]);
  });
});
