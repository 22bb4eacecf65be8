import { describe, expect, test } from '@jest/globals';
import { cloudEventOf, deskAccount, DeskEvent, fieldOfEvent } from './desk-event.js';

const library = {
  id: 'ring-library',
  name: 'Ring Library',
  homePage: 'https://ring.example',
  sources: ['urn:llcl:ring-library:lms', 'urn:llcl:ring-library:desk'],
};
const typed: DeskEvent = {
  learner: 'C-1',
  title: 'Reading  Group',
  verb: 'participated',
  day: '2026-03-03',
  hours: 1.5,
};

describe('an event typed at the desk', () => {
  test('is a CloudEvent from the source of the desk', () => {
    expect(cloudEventOf(typed, library, 'key-1')).toEqual({
      specversion: '1.0',
      id: 'key-1',
      source: 'urn:llcl:ring-library:desk',
      type: 'org.learning-ledger.participated.v1',
      time: '2026-03-03T12:00:00Z',
      datacontenttype: 'application/json',
      data: {
        learner: { account: { homePage: 'https://ring.example', name: 'C-1' } },
        activity: {
          id: 'urn:llcl:ring-library:activity:reading-group',
          type: 'event',
          name: { en: 'Reading  Group' },
        },
        verb: 'participated',
        occurredAt: '2026-03-03T12:00:00Z',
        result: { duration: 'PT90M' },
      },
    });
  });

  test('is of the activity that was chosen, where one was', () => {
    const activity = 'https://ring.example/programmes/circle';
    expect(cloudEventOf({ ...typed, activity }, library, 'k').data.activity).toEqual({
      id: activity,
      type: 'event',
      name: { en: 'Reading  Group' },
    });
  });

  test('without hours claims no duration', () => {
    const { hours: _, ...rest } = typed;
    expect(cloudEventOf(rest, library, 'k').data).not.toHaveProperty('result');
  });

  test('the same title is the same activity, in any script', () => {
    const idOf = (title: string) =>
      cloudEventOf({ ...typed, title }, library, 'k').data.activity.id;
    expect(idOf('READING group')).toBe(idOf('Reading Group'));
    expect(idOf('Cafe\u0301')).toBe(idOf('Café'));
    expect(idOf('قراءة')).toMatch(/^urn:[\w:%-]+$/u);
    expect(idOf('Reading group 2')).not.toBe(idOf('Reading group'));
  });

  test('comes from the first source of a provider that has none for its desk', () => {
    const sources = ['urn:llcl:ring-library:lms', 'urn:llcl:ring-library:web'];
    expect(cloudEventOf(typed, { ...library, sources }, 'k').source).toBe(sources[0]);
  });

  test('of a provider without a source, or not known here yet, is not sent', () => {
    expect(() => cloudEventOf(typed, { ...library, sources: [] }, 'k')).toThrow('source-not-yours');
    const { homePage: _, ...unknown } = library;
    expect(() => cloudEventOf(typed, unknown, 'k')).toThrow('unavailable');
    expect(() => deskAccount(unknown, 'C-1')).toThrow('unavailable');
  });

  test('and the code for a learner name the same account', () => {
    const { learner } = cloudEventOf(typed, library, 'k').data;
    expect(learner.account).toEqual(deskAccount(library, 'C-1'));
  });

  test.each([
    ['#/data/learner/account/name', '#/learner'],
    ['#/time', '#/day'],
    ['#/data/activity/id', '#/title'],
    ['#/source', '#/source'],
  ])('a problem at %s is one of %s', (pointer, field) => {
    expect(fieldOfEvent(pointer)).toBe(field);
  });

  test.each([
    { learner: '' },
    { title: '' },
    { verb: 'awarded' },
    { day: 'yesterday' },
    { hours: -1 },
    { note: 'x' },
  ])('is refused with %j', (wrong) => {
    expect(DeskEvent.safeParse({ ...typed, ...wrong }).success).toBe(false);
  });
});
