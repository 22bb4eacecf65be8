import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { describeWithStandards } from '#testing';
import { type Event, example, mapped, reported } from '../../testing/caliper-mapped.js';
import { reading } from '../../testing/formats.js';

const LEARNER = 'https://example.edu/users/554433';
const QUIZ = 'https://example.edu/terms/201601/courses/7/sections/1/assess/1';
const account = { homePage: 'https://example.edu', name: LEARNER };

describeWithStandards('what Caliper says to the ledger', () => {
  it('is a grade of who made the attempt, not of who graded it', async () => {
    const { report, verb, format: raw } = await reported('caliperEventGradeGraded');
    expect(example('caliperEventGradeGraded')['actor']).toMatchObject({
      id: 'https://example.edu/autograder',
    });
    expect(report).toEqual({
      is: 'learning',
      source: reading.source,
      id: 'urn:uuid:a50ca17f-5971-47bb-8fca-4e6e6879001d',
      times: [Date.parse('2016-11-15T10:57:06.000Z')],
      learner: { account },
      data: {
        activity: {
          id: QUIZ,
          type: 'assessment',
          parents: ['https://example.edu/terms/201601/courses/7/sections/1'],
          attempt: 1,
          nativeType: 'http://purl.imsglobal.org/caliper/Assessment',
        },
        verb: 'assessed',
        startedAt: '2016-11-15T10:05:00.000Z',
        endedAt: '2016-11-15T10:55:12.000Z',
        result: { duration: 'PT50M12S', score: { raw: 10, max: 15 } },
      },
    });
    expect(verb).toBe('http://purl.imsglobal.org/caliper/actions/Graded');
    expect(raw).toBe('caliper-1.2');
  });

  it.each<[string, string, (event: Event) => void, string, object]>([
    ['an assessment begun', 'caliperEventAssessmentStarted', () => undefined, 'started', {}],
    [
      'one begun anew',
      'caliperEventAssessmentStarted',
      (e) => (e['action'] = 'Restarted'),
      'started',
      {},
    ],
    [
      'one that rests',
      'caliperEventAssessmentStarted',
      (e) => (e['action'] = 'Paused'),
      'progressed',
      {},
    ],
    ['one handed in', 'caliperEventAssessmentSubmitted', () => undefined, 'submitted', {}],
    ['one answered item', 'caliperEventAssessmentItemCompleted', () => undefined, 'submitted', {}],
    [
      'an assignment done',
      'caliperEventAssignableActivated',
      (e) => (e['action'] = 'Completed'),
      'completed',
      {},
    ],
    [
      'an assignment named by its IRI alone',
      'caliperEventAssignableActivated',
      (e) => Object.assign(e, { action: 'Submitted', object: 'https://a.example/1' }),
      'submitted',
      { id: 'https://a.example/1', type: 'assignment' },
    ],
  ])('is learning: %s', async (_, name, change, verb, activity) => {
    const { report } = await reported(name, change);
    const { homePage } = account;
    expect(report).toMatchObject({ learner: { account: { homePage } }, data: { verb, activity } });
  });

  it.each<[string, string, (event: Event) => void, string]>([
    [
      'a look at a document',
      'caliperEventViewViewedDocument',
      () => undefined,
      'this action earns nothing',
    ],
    [
      'a skipped item',
      'caliperEventAssessmentItemSkipped',
      () => undefined,
      'this action earns nothing',
    ],
    [
      'a reset',
      'caliperEventAssessmentStarted',
      (e) => (e['action'] = 'Reset'),
      'this action earns nothing',
    ],
    [
      'a survey',
      'caliperEventQuestionnaireSubmitted',
      () => undefined,
      'this action earns nothing',
    ],
    [
      'a person',
      'caliperEntityPerson',
      () => undefined,
      'it describes something, nothing happened',
    ],
    [
      'an identifier',
      'caliperIdentifierSystemIdentifier',
      () => undefined,
      'it describes something, nothing happened',
    ],
    [
      'a grade of nobody',
      'caliperEventGradeGraded',
      (e) => delete e['object'].assignee,
      'it does not say who the learner is',
    ],
    [
      'a grade of an attempt by its IRI',
      'caliperEventGradeGraded',
      (e) => (e['object'] = 'https://a.example/1'),
      'it does not say who the learner is',
    ],
    [
      'a grade of nothing',
      'caliperEventGradeGraded',
      (e) => delete e['object'].assignable,
      'it does not say what was done',
    ],
    [
      'a learner without a name',
      'caliperEventAssessmentStarted',
      (e) => (e['actor'] = 'http://purl.imsglobal.org/caliper/Person'),
      'it does not say who the learner is',
    ],
    [
      'a learner named for the moment',
      'caliperEventAssessmentStarted',
      (e) => (e['actor'] = '_:b0'),
      'it does not say who the learner is',
    ],
    [
      'a quiz named for the moment',
      'caliperEventAssessmentStarted',
      (e) => (e['object'].id = '_:b0'),
      'it does not say what was done',
    ],
  ])('is telemetry: %s', async (_, name, change, because) => {
    expect(await mapped(name, change)).toEqual({ pointer: '#/data/0', is: 'telemetry', because });
  });

  it.each<[string, object]>([
    [
      'urn:uuid:b8f1b2a1-0000-4000-8000-000000000001',
      {
        account: {
          homePage: reading.source,
          name: 'urn:uuid:b8f1b2a1-0000-4000-8000-000000000001',
        },
      },
    ],
    [
      'https://lms.example:8443/u/1?x=2',
      {
        account: { homePage: 'https://lms.example:8443', name: 'https://lms.example:8443/u/1?x=2' },
      },
    ],
    [
      'mailto:amina@uni.example',
      { mailHash: createHash('sha1').update('mailto:amina@uni.example').digest('hex') },
    ],
    ['did:example:123', { did: 'did:example:123' }],
  ])('knows a learner by %s', async (iri, learner) => {
    const { report } = await reported('caliperEventAssessmentStarted', (event) => {
      event['actor'] = { id: iri, type: 'Person', name: 'Amina Diallo' };
    });
    expect(report.learner).toEqual(learner);
    expect(JSON.stringify(report)).not.toContain('Amina Diallo');
  });

  it('refuses a learner whose name is too long to be kept', async () => {
    const item = await mapped('caliperEventAssessmentStarted', (event) => {
      event['actor'] = `https://a.example/${'a'.repeat(256)}`;
    });
    expect(item).toMatchObject({ is: 'refused', issues: [{ pointer: '#/data/0' }] });
  });

  it('takes the attempt from the score where the grade names it by its IRI alone', async () => {
    const { report } = await reported('caliperEventGradeGraded', (event) => {
      event['generated'].attempt = event['object'];
      event['object'] = event['object'].id as unknown;
    });
    expect(report).toMatchObject({ learner: { account }, data: { activity: { id: QUIZ } } });
  });

  it('compares what an event says at its core', async () => {
    const content = async (change?: (event: Event) => void) =>
      (await reported('caliperEventGradeGraded', change)).content;
    const first = await content();
    expect(await content((e) => delete e['group'])).toBe(first);
    expect(await content((e) => (e['object'].assignable = `${QUIZ}?ver=v1p0`))).toBe(first);
    expect(await content((e) => (e['object'].duration = 'PT1M'))).toBe(first);
    for (const change of [
      (e: Event) => (e['generated'].scoreGiven = 11),
      (e: Event) => (e['generated'].maxScore = 11),
      (e: Event) => (e['object'].assignee = 'https://example.edu/users/1'),
      (e: Event) => (e['object'].assignable = `${QUIZ}/2`),
    ])
      expect(await content(change)).not.toBe(first);
  });

  it('leaves out numbers and parts that the canonical event has no place for', async () => {
    const { report } = await reported('caliperEventGradeGraded', (event) => {
      Object.assign(event['object'], { count: 0, duration: '-PT1M' });
      delete event['generated'];
      event['group'] = 'http://purl.imsglobal.org/caliper/CourseSection';
    });
    expect(report.data.result).toBeUndefined();
    expect(report.data.activity).not.toHaveProperty('attempt');
    expect(report.data.activity).not.toHaveProperty('parents');
  });

  it('names sixteen parents at most, each once', async () => {
    const { report } = await reported('caliperEventAssessmentStarted', (event) => {
      let isPartOf: object | undefined;
      for (let n = 0; n < 25; n++)
        isPartOf = {
          id: `https://a.example/${n % 24}`,
          type: 'Page',
          ...(isPartOf ? { isPartOf } : {}),
        };
      event['object'].isPartOf = isPartOf;
    });
    expect(new Set(report.data.activity.parents).size).toBe(16);
    expect(report.data.activity.parents).toHaveLength(16);
  });
});
