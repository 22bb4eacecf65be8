import { describe, expect, it } from '@jest/globals';
import { type Provider, refuse } from './admission.js';
import { learningEventOf } from './learning-event.js';
import { inUtc, momentOf, type LearningReport, type ReportedData } from './report.js';
import { SELF, selfReported } from './self-report.js';

const provider: Provider = {
  id: 'uni',
  type: 'university',
  country: 'ES',
  sources: ['urn:llcl:uni:lms'],
  learningContext: 'formal',
  highestAssurance: 'assessed',
};
const now = new Date('2026-11-23T12:00:00Z');
const report = (data: Partial<ReportedData> = {}, part: object = {}): LearningReport => ({
  is: 'learning',
  source: 'urn:llcl:uni:lms',
  times: [Date.parse('2026-05-04T09:00:00.000Z')],
  learner: { mailHash: 'a'.repeat(40) },
  data: { activity: { id: 'https://uni.example/c', type: 'course' }, verb: 'passed', ...data },
  ...part,
});
const supersedes = { source: 'urn:llcl:other:lms', id: '1', reason: 'regrade' };

describe('a report', () => {
  it.each([
    ['of a learning event', report()],
    ['with as much assurance as registered', report({ assurance: { level: 'assessed' } })],
    ['with less assurance', report({ assurance: { level: 'self-asserted' } })],
    ['without a time', report({}, { times: [] })],
    ['of years ago', report({}, { times: [Date.parse('1970-01-01T00:00:00.000Z')] })],
    ['of tomorrow', report({}, { times: [Date.parse('2026-11-24T12:00:00.000Z')] })],
    [
      'that corrects an own one',
      report({ supersedes: { ...supersedes, source: provider.sources[0] ?? '' } }),
    ],
  ])('%s may be sent', (_, given) => {
    expect(refuse(provider, given, now)).toBeUndefined();
  });

  it.each([
    ['source-not-yours', '#/source', report({}, { source: 'urn:llcl:other:lms' })],
    ['source-not-yours', '#/data/supersedes/source', report({ supersedes })],
    [
      'assurance-too-high',
      '#/data/assurance/level',
      report({ assurance: { level: 'quality-assured' } }),
    ],
    ['time-in-future', '#/time', report({}, { times: [Date.parse('2026-11-24T12:00:00.001Z')] })],
    [
      'time-in-future',
      '#/time',
      report(
        {},
        { times: [Date.parse('2026-01-01T00:00:00.000Z'), Date.parse('2099-01-01T00:00:00.000Z')] },
      ),
    ],
    [
      'source-not-yours',
      '#/data/target/source',
      {
        is: 'void' as const,
        source: 'urn:llcl:uni:lms',
        times: [],
        target: { source: 'urn:llcl:other:lms', id: '1' },
        reason: 'other' as const,
      },
    ],
  ])('is refused: %s at %s', (code, pointer, given) => {
    expect(refuse(provider, given, now)).toMatchObject({ code, issues: [{ pointer }] });
  });
});

describe('a report for another', () => {
  const source = 'urn:llcl:qa:for.uni.lms';
  const body: Provider = { ...provider, id: 'qa', sources: ['urn:llcl:qa:desk'] };
  const of = (target: string) => ({ supersedes: { ...supersedes, source: target } });
  const correcting = (target = 'urn:llcl:uni:lms', data: Partial<ReportedData> = {}) =>
    report({ ...of(target), ...data }, { source });
  const voiding = (target: string) =>
    ({
      is: 'void',
      source,
      times: [],
      target: { source: target, id: '1' },
      reason: 'other',
    }) as const;

  it('may correct and void what the provider said, and what was corrected of it', () => {
    for (const target of ['urn:llcl:uni:lms', source, 'urn:llcl:qb:for.uni.lms']) {
      expect(refuse(body, correcting(target), now, provider)).toBeUndefined();
      expect(refuse(body, voiding(target), now, provider)).toBeUndefined();
    }
  });

  it.each([
    'urn:llcl:uni:other',
    'urn:llcl:mooc:lms',
    'urn:llcl:qa:desk',
    'urn:llcl:qa:for.uni.other',
    'urn:llcl:qa:for.mooc.lms',
    'urn:llcl:qb:for.qa.lms',
  ])('may not correct or void what was said in %s', (target) => {
    const code = 'source-not-yours';
    expect(refuse(body, correcting(target), now, provider)).toMatchObject({ code });
    expect(refuse(body, voiding(target), now, provider)).toMatchObject({ code });
  });

  it('is not without somebody it is for', () => {
    const code = 'source-not-yours';
    expect(refuse(body, correcting(), now)).toMatchObject({
      code,
      issues: [{ pointer: '#/source' }],
    });
    const own = report(of(source), { source: 'urn:llcl:qa:desk' });
    expect(refuse(body, own, now)).toMatchObject({ code });
    const ownVoid = { ...voiding(source), source: 'urn:llcl:qa:desk' };
    expect(refuse(body, ownVoid, now)).toMatchObject({ code });
  });

  it('is the provider\u2019s to correct and to void', () => {
    expect(refuse(provider, report(of(source)), now)).toBeUndefined();
    const own = { ...voiding(source), source: 'urn:llcl:uni:lms' };
    expect(refuse(provider, own, now)).toBeUndefined();
    const mooc = { ...provider, id: 'mooc', sources: ['urn:llcl:mooc:lms'] };
    const theirs = report(of(source), { source: 'urn:llcl:mooc:lms' });
    expect(refuse(mooc, theirs, now)).toMatchObject({ code: 'source-not-yours' });
  });

  it.each([
    ['says something new', '#/data/supersedes', report({}, { source })],
    [
      'names a provider',
      '#/data/provider',
      correcting(undefined, { provider: { id: 'urn:x:y', type: 'other' } }),
    ],
    [
      'names another body',
      '#/data/assurance/qualityBody',
      correcting(undefined, { assurance: { level: 'observed', qualityBody: 'urn:x:y' } }),
    ],
  ])('is refused if it %s', (_, pointer, given) => {
    expect(refuse(body, given, now, provider)).toMatchObject({
      code: 'invalid-input',
      issues: [{ pointer }],
    });
  });

  it.each([
    ['assessed', 'quality-assured'],
    ['quality-assured', 'assessed'],
  ] as const)('has the lower assurance of %s and %s', (ours, theirs) => {
    const low = { ...body, highestAssurance: ours };
    const high = { ...provider, highestAssurance: theirs };
    const given = correcting(undefined, { assurance: { level: 'quality-assured' } });
    expect(refuse(low, given, now, high)).toMatchObject({ code: 'assurance-too-high' });
    const known = { alias: 'a', receivedAt: '', raw: { format: 'native', sha256: '0' } };
    expect(learningEventOf(low, correcting(), { ...known, principal: high })).toMatchObject({
      provider: { id: 'urn:llcl:uni' },
      assurance: { level: 'assessed', qualityBody: 'urn:llcl:qa' },
    });
  });
});

describe('the canonical event', () => {
  const known = {
    alias: 'urn:lrn:a',
    receivedAt: now.toISOString(),
    raw: { format: 'native', sha256: '0' },
  };

  it('says what the registration knows where the provider did not', () => {
    expect(learningEventOf(provider, report(), known)).toEqual({
      activity: { id: 'https://uni.example/c', type: 'course' },
      verb: 'passed',
      learner: { id: 'urn:lrn:a' },
      provider: { id: 'urn:llcl:uni', type: 'university', country: 'ES' },
      learningContext: 'formal',
      occurredAt: '2026-05-04T09:00:00.000Z',
      assurance: { level: 'assessed' },
      raw: known.raw,
    });
  });

  it('keeps what the provider said', () => {
    const said = {
      provider: { id: 'urn:x:dept', type: 'other' },
      learningContext: 'informal',
      assurance: { level: 'self-asserted' },
    } as const;
    expect(learningEventOf(provider, report(said), known)).toMatchObject(said);
  });

  it('happened when it was received if nobody said when', () => {
    expect(learningEventOf(provider, report({}, { times: [] }), known).occurredAt).toBe(
      now.toISOString(),
    );
  });

  it.each([
    ['assessed', 'passed', 'assessed'],
    ['quality-assured', 'completed', 'quality-assured'],
    ['quality-assured', 'participated', 'observed'],
    ['assessed', 'started', 'observed'],
    ['self-asserted', 'participated', 'self-asserted'],
    ['self-asserted', 'passed', 'self-asserted'],
  ] as const)('of a client registered for %s that says "%s" is %s', (highest, verb, level) => {
    const event = learningEventOf(
      { ...provider, highestAssurance: highest },
      report({ verb }),
      known,
    );
    expect(event.assurance.level).toBe(level);
  });
});

describe('what a learner reports', () => {
  const body = { title: 'Cared at home', occurredOn: '2025-12-31', evidence: [] };
  const known = { homeAlias: 'urn:lrn:home', activityId: 'urn:uuid:1' };

  it('is completed, informal and asserted by nobody else', () => {
    const own = selfReported(
      { ...body, hours: 600, description: 'Care', evidence: [{ uri: 'https://x.example/1' }] },
      known,
    );
    expect(own).toMatchObject({
      source: 'urn:llcl:self:ledger',
      times: [Date.parse('2025-12-31T00:00:00.000Z')],
      learner: { alias: 'urn:lrn:home' },
      data: {
        activity: { id: 'urn:uuid:1', type: 'other', name: { und: 'Cared at home' } },
        verb: 'completed',
        result: { duration: 'PT600H' },
        evidence: [{ uri: 'https://x.example/1' }],
      },
    });
    const event = learningEventOf(SELF, own, {
      alias: 'urn:lrn:home',
      receivedAt: now.toISOString(),
      raw: { format: 'native', sha256: '0' },
    });
    expect(event).toMatchObject({
      provider: { id: 'urn:learning-ledger:self', type: 'self' },
      learningContext: 'informal',
      assurance: { level: 'self-asserted' },
    });
  });

  it.each([
    [1.5, 'PT5400S'],
    [0.00001, 'PT1S'],
    [10_000, 'PT10000H'],
  ])('takes %d hours', (hours, duration) => {
    expect(selfReported({ ...body, hours }, known).data.result).toEqual({ duration });
  });

  it('may not lie in the future', () => {
    const own = selfReported({ ...body, occurredOn: '2026-11-25' }, known);
    expect(refuse(SELF, own, now)).toMatchObject({ code: 'time-in-future' });
  });
});

describe('a time', () => {
  it.each([
    ['2026-05-04T11:00:00+02:00', '2026-05-04T09:00:00.000Z'],
    ['2026-05-04T09:00:00.123456Z', '2026-05-04T09:00:00.123Z'],
    ['0000-01-01T00:00:00Z', undefined],
    ['2016-12-31T23:59:60Z', undefined],
    ['yesterday', undefined],
  ])('%s is %s in UTC', (time, utc) => {
    const moment = momentOf(time);
    expect(moment === undefined ? undefined : inUtc(moment)).toBe(utc);
  });
});
