import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { describeWithStandards, standards, standardsPath } from '#testing';
import { breakages, nodesOf } from '../../testing/caliper-breakages.js';
import { validateCaliper } from './validate.js';
import { parseWritten } from './written.js';

const FOLDER = 'caliper-1.2';
const filesIn = (folder: string): readonly string[] =>
  readdirSync(standardsPath(`${FOLDER}/${folder}`)).filter((name) => name.endsWith('.json'));
const good = (name: string): string => standards(`${FOLDER}/fixtures/${name}`);
const bad = (name: string): string => standards(`${FOLDER}/error-fixtures/${name}`);

const issuesOf = (text: string) => {
  const { value, numbers } = parseWritten(text);
  return validateCaliper(value, numbers);
};
const changed = (name: string, change: (document: Record<string, unknown>) => unknown) => {
  const document = JSON.parse(good(name)) as Record<string, unknown>;
  return validateCaliper(change(document) ?? document);
};
const pointers = (issues: readonly { readonly pointer: string }[]): readonly string[] =>
  issues.map(({ pointer }) => pointer);

describeWithStandards('validateCaliper, with the examples of 1EdTech', () => {
  it('has them all', () => {
    expect(filesIn('fixtures')).toHaveLength(145);
    expect(filesIn('error-fixtures').length).toBeGreaterThanOrEqual(140);
  });

  it.each(filesIn('fixtures'))('accepts %s', (name) => {
    expect(issuesOf(good(name))).toEqual([]);
  });

  it.each(filesIn('fixtures'))('accepts %s from a writer that cannot write 12.0', (name) => {
    expect(issuesOf(JSON.stringify(JSON.parse(good(name))))).toEqual([]);
  });

  it.each(filesIn('error-fixtures').filter((name) => !name.includes('BadJson')))(
    'refuses %s and says where',
    (name) => {
      const issues = issuesOf(bad(name));
      expect(issues).not.toEqual([]);
      // Most of the files are named for the property that is wrong.
      const property = /-(?:Malformed|No|Null|Wrong|Unknown)(?<name>[A-Z][a-z]+)/u.exec(name);
      const first = property?.groups?.['name']?.toLowerCase() ?? '';
      const places = pointers(issues).join(' ').toLowerCase();
      if (!/event$|other|modified|annotation/u.test(first)) expect(places).toContain(first);
    },
  );

  it('points at the whole body where it is not JSON', () => {
    const text = bad('caliperEntity-BadJson.json');
    expect(() => parseWritten(text)).toThrow(DomainError);
    expect(() => parseWritten(text)).toThrow(
      expect.objectContaining({
        code: 'malformed-json',
        issues: [{ pointer: '#', detail: 'Not JSON.' }],
      }),
    );
  });

  it.each(filesIn('fixtures').filter((name) => !name.includes('EndpointConfig')))(
    'refuses %s with any one thing in it broken, says where, and repeats none of it',
    (name) => {
      const text = good(name);
      let broken = 0;
      for (const { pointer, document } of breakages(JSON.parse(text))) {
        const issues = validateCaliper(document);
        if (!issues.some((issue) => issue.pointer.startsWith(pointer)))
          throw new Error(`${pointer} was broken, said was ${JSON.stringify(issues)}`);
        expect(JSON.stringify(issues)).not.toContain('canary');
        broken++;
      }
      expect(broken).toBeGreaterThan(2);
    },
  );

  it('never throws, whatever stands anywhere in a document', () => {
    const documents = filesIn('fixtures').map((name) => JSON.parse(good(name)) as object);
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.oneof(fc.jsonValue(), fc.constantFrom('__proto__', 'constructor', [], {})),
        (document, at, value) => {
          const copy = structuredClone(document);
          const nodes = nodesOf(copy);
          const node = nodes[at % nodes.length];
          if (node) node.parent[node.name] = value;
          for (const { pointer, detail } of validateCaliper(copy)) {
            expect(pointer).toMatch(/^#/u);
            expect(detail).not.toBe('');
          }
        },
      ),
    );
  });
});

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
        good('caliperEntityScore.json')
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

  it('refuses what is nested without end, in bounded time', () => {
    let isPartOf: object | string = 'https://a.example/0';
    for (let n = 0; n < 100_000; n++)
      isPartOf = { id: `https://a.example/${n}`, type: 'Page', isPartOf };
    const issues = changed('caliperEntityPage.json', (d) => ({ ...d, isPartOf }));
    expect(issues.map(({ detail }) => detail)).toEqual(['Nested too deeply.']);
  });
});

describe('validateCaliper', () => {
  const CONTEXT = 'http://purl.imsglobal.org/ctx/caliper/v1p2';
  const envelope = (part: object = {}): object => ({
    sensor: 'https://example.edu/sensors/1',
    sendTime: '2026-11-15T11:05:01.000Z',
    dataVersion: CONTEXT,
    data: [{ '@context': CONTEXT, id: 'https://example.edu/1', type: 'Person' }],
    ...part,
  });

  it.each<[string, object, string]>([
    ['without a sensor', { sensor: undefined }, '#/sensor'],
    ['with an empty sensor', { sensor: '' }, '#/sensor'],
    ['without a time', { sendTime: undefined }, '#/sendTime'],
    ['with a day for a time', { sendTime: '2026-11-15' }, '#/sendTime'],
    [
      'of another version',
      { dataVersion: 'http://purl.imsglobal.org/ctx/caliper/v1p0' },
      '#/dataVersion',
    ],
    ['of a list of versions', { dataVersion: [CONTEXT] }, '#/dataVersion'],
    ['with one thing for a list', { data: {} }, '#/data'],
    ['with nothing in it', { data: [] }, '#/data'],
    ['with an IRI in it', { data: ['https://example.edu/1'] }, '#/data/0'],
    ['with null in it', { data: [null] }, '#/data/0'],
    ['with an envelope in it', { data: [envelope()] }, '#/data/0/type'],
    [
      'with an event of another version in it',
      {
        data: [
          { '@context': `${CONTEXT.slice(0, -1)}1`, id: 'https://example.edu/1', type: 'Person' },
        ],
      },
      '#/data/0/@context',
    ],
    ['with a property of its own', { id: '1' }, '#'],
  ])('refuses an envelope %s', (_, part, pointer) => {
    expect(validateCaliper(envelope())).toEqual([]);
    expect(pointers(validateCaliper(envelope(part)))).toContain(pointer);
  });

  it.each([null, 7, 'text', [], [envelope()], {}, true])('refuses %j', (value) => {
    expect(validateCaliper(value)).not.toEqual([]);
  });

  it('is less strict with Caliper 1.1, as it is sent', () => {
    const reading = { id: 'https://example.edu/1', type: 'EpubChapter', lisId: 'ours' };
    const v1p1 = { dataVersion: 'http://purl.imsglobal.org/ctx/caliper/v1p1' };
    expect(validateCaliper(envelope({ ...v1p1, data: [reading] }))).toEqual([]);
    expect(pointers(validateCaliper(envelope({ ...v1p1, data: [{ ...reading, id: 7 }] })))).toEqual(
      ['#/data/0/id'],
    );
    expect(validateCaliper(envelope({ data: [reading] }))).not.toEqual([]);
  });

  it.each<[string, object, string]>([
    ['without versions', { caliperMaximumPayloadSize: 512 }, '#/caliperSupportedVersions'],
    [
      'with one version for a list',
      { caliperSupportedVersions: CONTEXT },
      '#/caliperSupportedVersions',
    ],
    [
      'with a version that is no IRI',
      { caliperSupportedVersions: ['1.2'] },
      '#/caliperSupportedVersions/0',
    ],
    [
      'with a size in words',
      { caliperSupportedVersions: [CONTEXT], caliperMaximumPayloadSize: 'big' },
      '#/caliperMaximumPayloadSize',
    ],
    [
      'with a list of extensions',
      { caliperSupportedVersions: [CONTEXT], caliperSupportedExtensions: [] },
      '#/caliperSupportedExtensions',
    ],
    ['with a property of its own', { caliperSupportedVersions: [CONTEXT], name: 'a' }, '#'],
    [
      'with a property twice',
      { caliperSupportedVersions: [CONTEXT], caliper_supported_versions: [] },
      '#',
    ],
  ])('refuses the configuration of an endpoint %s', (_, configuration, pointer) => {
    expect(pointers(validateCaliper(configuration))).toEqual([pointer]);
  });
});
