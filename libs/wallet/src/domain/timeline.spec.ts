import { describe, expect, it } from '@jest/globals';
import { type LearningEventData, TimelineItem } from '#contracts';
import { languagesOf, timelineItem } from './timeline.js';

type Result = LearningEventData['result'];

const item = (result?: Result, activity: object = {}, languages: readonly string[] = []) =>
  timelineItem(
    {
      id: 'evt_1',
      time: '2026-05-04T09:00:00.000Z',
      provider: { id: 'uni', name: 'Aurora' },
      voided: false,
      superseded: false,
      data: {
        activity: { id: 'https://uni.example/x', type: 'course', ...activity },
        verb: 'passed',
        learningContext: 'formal',
        assurance: { level: 'assessed' },
        ...(result ? { result } : {}),
      },
    },
    languages,
  );

describe('a line of the timeline', () => {
  it('says what the event says, and nothing it does not', () => {
    expect(TimelineItem.parse(item())).toEqual(item());
    expect(item()).toEqual({
      id: 'evt_1',
      time: '2026-05-04T09:00:00.000Z',
      title: 'https://uni.example/x',
      verb: 'passed',
      provider: { id: 'uni', name: 'Aurora' },
      learningContext: 'formal',
      assurance: 'assessed',
      voided: false,
      superseded: false,
    });
  });

  it.each([
    [{ scaled: 0.6 }, 60],
    [{ scaled: 0.875 }, 87.5],
    [{ raw: 57, max: 100 }, 57],
    [{ raw: 4, min: 1, max: 6 }, 60],
    [{ raw: 2, max: 3 }, 66.7],
    [{ scaled: -0.5 }, -50],
    [{ raw: 0, max: 10 }, 0],
    [{ raw: 5 }, undefined],
    [{ raw: 5, min: 5, max: 5 }, undefined],
    [{ max: 5 }, undefined],
  ])('shows the score %j as %p per cent', (score, percent) => {
    expect(item({ score }).scorePercent).toBe(percent);
  });

  it.each([
    ['PT1H30M', 1.5],
    ['PT20M', 0.33],
    ['P1DT2H', 26],
    ['P2W', 336],
    ['PT36S', 0.01],
    ['P3M', 40],
    ['PT', 40],
    ['', 40],
    ['PT1.2.3H', 40],
  ])('shows the duration %p, else the workload, as %d hours', (duration, hours) => {
    expect(item({ duration }, { workloadHours: 40 }).hours).toBe(hours);
  });

  it('shows no hours where none are told', () => {
    expect(item({ duration: 'P1Y' })).not.toHaveProperty('hours');
    expect(item({}, { workloadHours: 12.345 }).hours).toBe(12.35);
  });

  it.each([
    [['de'], 'Pflege'],
    [['fr', 'de-AT'], 'Pflege'],
    [['pt'], 'Enfermagem'],
    [['PT-BR'], 'Enfermagem'],
    [['fr'], 'Nursing'],
    [[], 'Nursing'],
    [['d'], 'Nursing'],
    [['x-de'], 'Nursing'],
  ])('is named for readers of %j: %s', (languages, title) => {
    const name = { de: 'Pflege', 'en-GB': 'Nursing', 'pt-BR': 'Enfermagem' };
    expect(item(undefined, { name }, languages).title).toBe(title);
  });

  it('is named in any language rather than by its address', () => {
    expect(item(undefined, { name: { und: 'My reading' } }, ['en']).title).toBe('My reading');
    expect(item(undefined, { name: {} }, ['en']).title).toBe('https://uni.example/x');
  });
});

describe('Accept-Language', () => {
  it.each([
    ['de', ['de']],
    ['en;q=0.5, de-AT, fr;q=0.9', ['de-AT', 'fr', 'en']],
    ['*, en;q=0', []],
    [' es ; q=0.1 ', ['es']],
    ['en;q=x, de', ['de']],
    ['', []],
    [undefined, []],
    [';;;,,,', []],
  ])('%p prefers %j', (header, languages) => {
    expect(languagesOf(header)).toEqual(languages);
  });

  it('is read no further than need be', () => {
    expect(languagesOf(Array.from({ length: 1000 }, () => 'en').join(','))).toHaveLength(10);
  });
});
