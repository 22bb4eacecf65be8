import { describe, expect, test } from '@jest/globals';
import { DomainError } from '#kernel';
import { ClaimByCode, DecisionRequest, SelfReport, ShareRequest } from '#contracts';
import { Fields, isFormProblem, problemsOf, readForm } from './form-state.js';
import { decisionLabels } from './form-labels.js';
import { english, Texts } from './texts.js';

const texts = new Texts(english);
const problemsIn = (
  ...[schema, input, labels = {}]: [Parameters<typeof readForm>[0], unknown, {}?]
) => {
  const form = readForm(schema, input, texts, labels);
  return 'problems' in form ? form.problems : [];
};

describe('fields', () => {
  test('are texts, without the space around them', () => {
    const fields = new Fields({ a: '  x ', b: ['1', '2'], c: 7, d: '' });
    expect(fields.text('a')).toBe('x');
    expect(fields.all('b')).toEqual(['1', '2']);
    expect(fields.text('c')).toBe('');
    expect(fields.optional('d')).toBeUndefined();
    expect(fields.text('unknown')).toBe('');
  });

  test.each([undefined, null, 'text', 7])('of a body that is no form: %j', (body) => {
    expect(new Fields(body).values).toEqual({});
  });

  test('hold numbers with a point or a comma', () => {
    const fields = new Fields({ point: '1.5', comma: '1,5', words: 'two', none: ' ' });
    expect([fields.number('point'), fields.number('comma')]).toEqual([1.5, 1.5]);
    expect(fields.number('words')).toBeNaN();
    expect(fields.number('none')).toBeUndefined();
  });
});

describe('a form', () => {
  test('that is right gives the body to send', () => {
    const input = { title: 'Bread', occurredOn: '2026-01-31', description: undefined, hours: 2 };
    expect(readForm(SelfReport, input, texts, {})).toEqual({
      body: { title: 'Bread', occurredOn: '2026-01-31', hours: 2, evidence: [] },
    });
  });

  test.each([
    [SelfReport, { title: '', occurredOn: '2026-01-31' }, 'title', 'Please fill this in.'],
    [SelfReport, { title: 'x'.repeat(201), occurredOn: '2026-01-31' }, 'title', 'at most 200'],
    [SelfReport, { title: 'x', occurredOn: '' }, 'occurredOn', 'Please give a day'],
    [SelfReport, { title: 'x', occurredOn: '2026-02-30' }, 'occurredOn', 'Please give a day'],
    [SelfReport, { title: 'x', occurredOn: '2026-01-31', hours: Number.NaN }, 'hours', 'number'],
    [SelfReport, { title: 'x', occurredOn: '2026-01-31', hours: 0 }, 'hours', 'more than zero'],
    [SelfReport, { title: 'x', occurredOn: '2026-01-31', hours: 1e6 }, 'hours', 'at most 10,000'],
    [
      SelfReport,
      { title: 'x', occurredOn: '2026-01-31', evidence: [{ uri: 'my photo' }] },
      'evidence.0.uri',
      'web address',
    ],
    [
      ShareRequest,
      { credentialIds: [], until: '2026-12-01T00:00:00Z' },
      'credentialIds',
      'at least one',
    ],
    [ShareRequest, { credentialIds: ['c'], until: undefined }, 'until', 'Please fill this in.'],
    [ClaimByCode, { code: 'AB' }, 'code', 'Please fill this in.'],
  ])('says in plain words what is wrong (%#)', (schema, input, field, words) => {
    expect(problemsIn(schema, input)).toEqual([
      { field, label: undefined, message: expect.stringContaining(words) },
    ]);
  });

  test('names each criterion that was not compared', () => {
    const findings = { level: { finding: undefined, statement: '' } };
    const input = { outcome: 'Positive', reasons: 'Because.', findings };
    expect(problemsIn(DecisionRequest, input, decisionLabels(texts))).toEqual([
      {
        field: 'findings.level.finding',
        label: 'Level, What did you find?',
        message: 'Please choose one of the answers.',
      },
    ]);
  });
});

describe('a problem of the API', () => {
  test('names the fields that its pointers mean', () => {
    const error = new DomainError('difference-not-substantial', undefined, [
      { pointer: '#/findings/level/evidence', detail: 'Say what shows the difference.' },
    ]);
    const [whole, ...fields] = problemsOf(error, { 'findings.level.evidence': 'Level' });
    expect(whole?.message).toContain('A refusal needs a substantial difference');
    expect(fields).toEqual([
      {
        field: 'findings.level.evidence',
        label: 'Level',
        message: 'Say what shows the difference.',
      },
    ]);
  });

  test.each([
    ['claim-code-invalid', true],
    ['invalid-input', true],
    ['already-decided', true],
    ['rate-limited', true],
    ['not-signed-in', false],
    ['not-allowed', false],
    ['unavailable', false],
    ['internal-error', false],
    ['a code nobody knows', false],
  ])('%s can be put right in the form: %s', (code, expected) => {
    expect(isFormProblem(new DomainError(code))).toBe(expected);
  });
});
