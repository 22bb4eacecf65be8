import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapStatement } from './xapi.js';
import { XAPI_RULES } from './xapi-rules.js';
import type { Statement } from './xapi-statement.js';
import { ruleFor } from './xapi-vocabulary.js';

const { rules, vocabularies, profiles, activityTypes } = XAPI_RULES;
const CMI5 = 'https://w3id.org/xapi/cmi5';
const MOVE_ON = `${CMI5}/context/categories/moveon`;
const names = [...new Set(rules.flatMap(({ when }) => when.verbs ?? [])), 'viewed'];
const types = [...Object.values(activityTypes).flat(), 'lms', 'group', 'other'];
const categories = [...Object.values(profiles).flat(), 'https://w3id.org/xapi/x'];

const statements = fc.record({
  actor: fc.constantFrom(
    { account: { homePage: 'https://a.example', name: '1' } },
    { objectType: 'Group', member: [] },
    { objectType: 'Group', mbox: 'mailto:a@b.example' },
  ),
  verb: fc.record({
    id: fc
      .tuple(fc.constantFrom(...vocabularies, 'https://x.example/'), fc.constantFrom(...names))
      .map((parts) => parts.join('')),
  }),
  object: fc.oneof(
    fc.record({
      id: fc.constant('https://a.example/1'),
      definition: fc.record({ type: fc.constantFrom(...types).map((t) => `https://t/${t}`) }),
    }),
    fc.constantFrom(
      { objectType: 'Agent', mbox: 'mailto:a@b.example' },
      { objectType: 'StatementRef', id: '00000000-0000-4000-8000-000000000000' },
      { objectType: 'SubStatement' },
    ),
  ),
  context: fc.record({
    contextActivities: fc.record({
      category: fc.constantFrom(...categories).map((id) => ({ id })),
    }),
    extensions: fc.constantFrom(
      {},
      { 'https://w3id.org/xapi/cmi5/context/extensions/sessionid': 's' },
    ),
  }),
});

describe('the rules of xAPI', () => {
  it('have names of their own, and each says what becomes of a statement or why nothing', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const rule of rules)
      expect(['becomes', 'because'].filter((key) => key in rule)).toHaveLength(1);
  });

  it('name only activity types and activities that the table has', () => {
    const meanings = new Set(Object.keys(activityTypes));
    for (const { when } of rules)
      for (const activity of when.activities ?? []) expect(meanings).toContain(activity);
  });

  it('decide every statement, and what they say becomes of it', () => {
    fc.assert(
      fc.property(statements, (value) => {
        const statement = value as unknown as Statement;
        const rule = ruleFor(statement);
        const mapped = mapStatement(statement, () => '0'.repeat(40));
        expect(mapped.rule).toBe(rule.id);
        // What earns in general may lack something that only this statement lacks.
        if (mapped.is === 'telemetry' && 'becomes' in rule) return;
        if (mapped.is === 'learning') expect(rule).toMatchObject({ becomes: mapped.data.verb });
        else expect(mapped.is).toBe('because' in rule ? 'telemetry' : 'void');
      }),
      { numRuns: 2_000 },
    );
  });

  it('are each needed: some statement is decided by it', () => {
    const categoriesOf = [[], profiles.cmi5, [...profiles.cmi5, MOVE_ON], profiles.scorm];
    const decided = new Set<string>();
    for (const name of [...names, 'voided'])
      for (const type of types)
        for (const category of categoriesOf)
          for (const [extensions, result] of [
            [{}],
            [{ [`${CMI5}/context/extensions/sessionid`]: 's' }],
            [{ [`${CMI5}/context/extensions/masteryscore`]: 0.5 }, { score: { scaled: 0.1 } }],
          ])
            for (const actor of [{}, { objectType: 'Group' }])
              for (const object of [{ definition: { type } }, { objectType: 'Agent' }])
                decided.add(
                  ruleFor({
                    actor,
                    verb: { id: `http://adlnet.gov/expapi/verbs/${name}` },
                    object,
                    result,
                    context: {
                      extensions,
                      contextActivities: { category: category.map((id) => ({ id })) },
                    },
                  } as unknown as Statement).id,
                );
    expect(rules.map(({ id }) => id).filter((id) => !decided.has(id))).toEqual([]);
  });
});

const scorm = (verb: string, part: object = {}): Statement => ({
  actor: { account: { homePage: 'https://a.example', name: '1' } },
  verb: { id: `http://adlnet.gov/expapi/verbs/${verb}` },
  object: {
    id: 'https://a.example/sco/1',
    definition: { type: 'http://adlnet.gov/expapi/activities/lesson' },
  },
  context: {
    contextActivities: {
      grouping: [
        {
          id: 'https://a.example/sco/1?attemptId=1f-9',
          definition: { type: 'http://adlnet.gov/expapi/activities/attempt' },
        },
        {
          id: 'https://a.example/course/1',
          definition: { type: 'http://adlnet.gov/expapi/activities/course' },
        },
      ],
      category: [{ id: 'https://w3id.org/xapi/scorm' }],
    },
  },
  ...part,
});
const mapped = (statement: Statement) => mapStatement(statement, () => '');

describe('SCORM in xAPI', () => {
  it('names the attempt as the registration, and only what is around it as parents', () => {
    expect(mapped(scorm('passed'))).toMatchObject({
      data: {
        verb: 'passed',
        activity: {
          id: 'https://a.example/sco/1',
          type: 'lesson',
          registration: '1f-9',
          parents: ['https://a.example/course/1'],
        },
      },
    });
  });

  it.each([
    ['initialized', 'started'],
    ['suspended', 'progressed'],
    ['resumed', 'progressed'],
    ['responded', 'submitted'],
    ['scored', 'assessed'],
    ['failed', 'failed'],
    ['completed', 'completed'],
  ])('"%s" is "%s"', (verb, meaning) => {
    expect(mapped(scorm(verb))).toMatchObject({ is: 'learning', data: { verb: meaning } });
  });

  it.each([
    ['the end of a session', scorm('terminated')],
    ['an answer outside the profile', scorm('responded', { context: {} })],
  ])('is telemetry: %s', (_, statement) => {
    expect(mapped(statement).is).toBe('telemetry');
  });
});
