import { expect, it } from '@jest/globals';
import { describeWithStandards } from '#testing';
import { issuesOf, pointers, read } from '../../testing/caliper-examples.js';
import { validateCaliper } from './validate.js';

const changed = (name: string, change: (document: Record<string, unknown>) => unknown) => {
  const document = JSON.parse(read('fixtures', name)) as Record<string, unknown>;
  return validateCaliper(change(document) ?? document);
};

describeWithStandards('validateCaliper, one rule at a time', () => {
  it.each<[string, string, (document: Record<string, any>) => unknown, string]>([
    ['no context', 'caliperEntityPerson', (d) => delete d['@context'] && d, '#/@context'],
    [
      'its context not last',
      'caliperEntityPerson',
      (d) => ({ ...d, '@context': [d['@context'], 'https://a.example'] }),
      '#/@context',
    ],
    [
      'a context that is a number',
      'caliperEntityPerson',
      (d) => ({ ...d, '@context': [7, d['@context']] }),
      '#/@context/0',
    ],
    [
      'a context within that is a number',
      'caliperEventGradeGraded',
      (d) => ({ ...d, actor: { ...d['actor'], '@context': 7 } }),
      '#/actor/@context',
    ],
    [
      'an inline context of something else',
      'caliperEntityPerson',
      (d) => ({ ...d, '@context': { caliper: 'https://a.example' } }),
      '#/@context',
    ],
    [
      'an event id that is no UUID',
      'caliperEventGradeGraded',
      (d) => ({ ...d, id: 'https://a.example/1' }),
      '#/id',
    ],
    [
      'an entity id that is relative',
      'caliperEntityPerson',
      (d) => ({ ...d, id: '/users/1' }),
      '#/id',
    ],
    [
      'an entity id without a host',
      'caliperEntityPerson',
      (d) => ({ ...d, id: 'https://' }),
      '#/id',
    ],
    ['an empty id', 'caliperEntityPerson', (d) => ({ ...d, id: '' }), '#/id'],
    [
      'a time without milliseconds',
      'caliperEventGradeGraded',
      (d) => ({ ...d, eventTime: '2016-11-15T10:57:06Z' }),
      '#/eventTime',
    ],
    [
      'a time with an offset',
      'caliperEventGradeGraded',
      (d) => ({ ...d, eventTime: '2016-11-15T10:57:06.000+01:00' }),
      '#/eventTime',
    ],
    [
      'a day that no calendar has',
      'caliperEventGradeGraded',
      (d) => ({ ...d, eventTime: '2015-02-29T10:57:06.000Z' }),
      '#/eventTime',
    ],
    [
      'two actions',
      'caliperEventGradeGraded',
      (d) => ({ ...d, action: ['Graded', 'Graded'] }),
      '#/action',
    ],
    [
      'an unknown profile',
      'caliperEventGradeGraded',
      (d) => ({ ...d, profile: 'GradeProfile' }),
      '#/profile',
    ],
    [
      'a generic event of another profile',
      'caliperEventGeneralCreated',
      (d) => ({ ...d, profile: 'MediaProfile' }),
      '#/profile',
    ],
    ['a property of its own', 'caliperEventGradeGraded', (d) => ({ ...d, mood: 'good' }), '#/mood'],
    [
      'several actors',
      'caliperEventGradeGraded',
      (d) => ({ ...d, actor: [d['actor']] }),
      '#/actor',
    ],
    [
      'a rating for a comment',
      'caliperEventFeedbackCommented',
      (d) => ({ ...d, generated: { id: 'https://a.example/1', type: 'Rating' } }),
      '#/generated/type',
    ],
    [
      'a highlight for a bookmark',
      'caliperEventAnnotationBookmarked',
      (d) => ({ ...d, generated: { id: 'https://a.example/1', type: 'HighlightAnnotation' } }),
      '#/generated/type',
    ],
    [
      'an attempt for a response',
      'caliperEventAssessmentItemCompleted',
      (d) => ({ ...d, generated: { id: 'https://a.example/1', type: 'Attempt' } }),
      '#/generated/type',
    ],
    [
      'a copy that is not there',
      'caliperEventResourceManagementCopied',
      (d) => delete d['generated'] && d,
      '#/generated',
    ],
    [
      'a log-in by an application',
      'caliperEventSessionLoggedIn',
      (d) => ({ ...d, actor: d['object'] }),
      '#/actor/type',
    ],
    [
      'a log-in to a session',
      'caliperEventSessionLoggedIn',
      (d) => ({ ...d, object: d['session'] }),
      '#/object/type',
    ],
    [
      'a time-out of an application',
      'caliperEventSessionTimedOut',
      (d) => ({ ...d, object: d['actor'] }),
      '#/object/type',
    ],
    [
      'a search in a person',
      'caliperEventSearchSearched',
      (d) => ({ ...d, object: d['actor'] }),
      '#/object/type',
    ],
    [
      'an agent where a person must be',
      'caliperEventAssessmentStarted',
      (d) => ({ ...d, actor: { id: 'https://a.example/1', type: 'Agent' } }),
      '#/actor/type',
    ],
    ['no metric', 'caliperEntityAggregateMeasure', (d) => delete d['metric'] && d, '#/metric'],
    [
      'no metric value',
      'caliperEntityAggregateMeasure',
      (d) => delete d['metricValue'] && d,
      '#/metricValue',
    ],
    [
      'no items of a questionnaire',
      'caliperEntityQuestionnaire',
      (d) => delete d['items'] && d,
      '#/items',
    ],
    [
      'no start of a selection',
      'caliperEntityTextPositionSelector',
      (d) => delete d['start'] && d,
      '#/start',
    ],
    [
      'a selection from before the text',
      'caliperEntityTextPositionSelector',
      (d) => ({ ...d, start: -1 }),
      '#/start',
    ],
    [
      'an identifier of no type',
      'caliperIdentifierSystemIdentifier',
      (d) => delete d['identifierType'] && d,
      '#/identifierType',
    ],
    ['half an attempt', 'caliperEntityAttempt', (d) => ({ ...d, count: 1.5 }), '#/count'],
    [
      'an event where an entity must be',
      'caliperEventGradeGraded',
      (d) => ({ ...d, object: { ...d } }),
      '#/object/type',
    ],
    [
      'a type of JavaScript',
      'caliperEntityPerson',
      (d) => ({ ...d, type: 'constructor' }),
      '#/type',
    ],
    [
      'an action of JavaScript',
      'caliperEventSessionLoggedIn',
      (d) => ({ ...d, action: '__proto__' }),
      '#/action',
    ],
  ])('refuses %s', (_, name, change, pointer) => {
    expect(pointers(changed(`${name}.json`, change))).toContain(pointer);
  });

  it.each<[string, string, (document: Record<string, any>) => unknown]>([
    ['a blank node', 'caliperEntityPerson', (d) => ({ ...d, id: '_:p1' })],
    [
      'a subtype',
      'caliperEventToolUseUsed',
      (d) => ({ ...d, group: { id: 'https://a.example/1', type: 'Group' } }),
    ],
    ['null for what is optional', 'caliperEventGradeGraded', (d) => ({ ...d, target: null })],
    [
      'an annotation of no special type',
      'caliperEventAnnotationBookmarked',
      (d) => ({ ...d, generated: { id: 'https://a.example/1', type: 'Annotation' } }),
    ],
    [
      'both spellings of one action',
      'caliperEventThreadMarkedAsRead',
      (d) => ({ ...d, action: 'MarkedAsUnRead' }),
    ],
    [
      'a context within',
      'caliperEventGradeGraded',
      (d) => ({ ...d, actor: { ...d['actor'], '@context': { a: 'https://a.example' } } }),
    ],
    [
      'whatever stands in extensions',
      'caliperEventGradeGraded',
      (d) => ({ ...d, extensions: { deep: [[[{ type: 7 }]]] } }),
    ],
  ])('accepts %s', (_, name, change) => {
    expect(changed(`${name}.json`, change)).toEqual([]);
  });

  it('takes a whole number for a decimal only from who writes no other', () => {
    const score = (maxScore: string, scoreGiven: string) =>
      issuesOf(
        read('fixtures', 'caliperEntityScore.json')
          .replace('"maxScore": 15.0', `"maxScore": ${maxScore}`)
          .replace('"scoreGiven": 10.0', `"scoreGiven": ${scoreGiven}`),
      );
    expect(score('15', '10')).toEqual([]);
    expect(score('15', '7.5')).toEqual([]);
    expect(pointers(score('15', '10.0'))).toEqual(['#/maxScore']);
    expect(pointers(score('15.0', '10'))).toEqual(['#/scoreGiven']);
    expect(pointers(score('15.0', '"10.0"'))).toEqual(['#/scoreGiven']);
  });

  it('says no more than is of use', () => {
    const tags = Array.from({ length: 5_000 }, () => 7);
    expect(changed('caliperEntityTagAnnotation.json', (d) => ({ ...d, tags }))).toHaveLength(20);
  });

  it('refuses what is nested without end', () => {
    let isPartOf: object | string = 'https://a.example/0';
    for (let n = 0; n < 100_000; n++)
      isPartOf = { id: `https://a.example/${n}`, type: 'Page', isPartOf };
    const issues = changed('caliperEntityPage.json', (d) => ({ ...d, isPartOf }));
    expect(issues.map(({ detail }) => detail)).toEqual(['Nested too deeply.']);
  });
});
