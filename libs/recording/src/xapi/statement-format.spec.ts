import { describe, expect, it } from '@jest/globals';
import { canonicalStatement, withActivityLists, withIdsOnly } from './statement-format.js';
import { statementIssues } from './statements.js';
import type { Statement } from '../domain/xapi-statement.js';

const account = { homePage: 'https://uni.example', name: '204' };
const words = { 'en-US': 'Color', 'en-GB': 'Colour', de: 'Farbe' };
const agent = { objectType: 'Agent', name: 'Amina', account };
const anonymous = {
  objectType: 'Group',
  name: 'Team',
  member: [agent, { mbox: 'mailto:b@x.y', name: 'Bo' }],
};
const named = { objectType: 'Group', name: 'Team', mbox: 'mailto:t@x.y', member: [agent] };
const activity = {
  objectType: 'Activity',
  id: 'https://uni.example/colours',
  definition: {
    name: words,
    description: words,
    type: 'x:quiz',
    extensions: { 'x:y': words },
    interactionType: 'choice',
    choices: [{ id: 'a', description: words }, { id: 'b' }],
  },
};
const context = {
  registration: 'f1a2b3c4-0000-4000-8000-00000000000a',
  instructor: agent,
  team: anonymous,
  contextActivities: { parent: activity, other: [activity, { id: 'x:z' }] },
  contextAgents: [{ objectType: 'contextAgent', agent, relevantTypes: ['x:y'] }],
  contextGroups: [{ objectType: 'contextGroup', group: named }],
};
const verb = { id: 'x:chose', display: words };
const inner = { objectType: 'SubStatement', actor: named, verb, object: activity, context };
const statement = {
  actor: anonymous,
  verb,
  object: inner,
  result: { response: 'a' },
  context,
  authority: agent,
} as Statement;

describe('a statement', () => {
  it('in ids names things and says no more of them', () => {
    const who = { objectType: 'Agent', account };
    const them = { objectType: 'Group', member: [who, { mbox: 'mailto:b@x.y' }] };
    const theirs = { objectType: 'Group', mbox: 'mailto:t@x.y' };
    const what = { id: activity.id };
    const around = {
      registration: context.registration,
      instructor: who,
      team: them,
      contextActivities: { parent: [what], other: [what, { id: 'x:z' }] },
      contextAgents: [{ objectType: 'contextAgent', agent: who, relevantTypes: ['x:y'] }],
      contextGroups: [{ objectType: 'contextGroup', group: theirs }],
    };
    expect(withIdsOnly(statement)).toEqual({
      actor: them,
      verb: { id: 'x:chose' },
      object: {
        objectType: 'SubStatement',
        actor: theirs,
        verb: { id: 'x:chose' },
        object: what,
        context: around,
      },
      result: { response: 'a' },
      context: around,
      authority: who,
    });
  });

  it.each<[object, object]>([
    [agent, { objectType: 'Agent', account }],
    [named, { objectType: 'Group', mbox: 'mailto:t@x.y' }],
    [
      { objectType: 'StatementRef', id: context.registration },
      { objectType: 'StatementRef', id: context.registration },
    ],
  ])('in ids still says what its object is: %j', (object, ids) => {
    const { object: said } = withIdsOnly({ ...statement, object } as Statement);
    expect(said).toEqual(ids);
  });

  it('in canonical speaks one language wherever activities and verbs are, of nobody’s name', () => {
    const one = { 'en-GB': 'Colour' };
    const definition = {
      ...activity.definition,
      name: one,
      description: one,
      choices: [{ id: 'a', description: one }, { id: 'b' }],
    };
    const what = { ...activity, definition };
    const contextActivities = { parent: [what], other: [what, { id: 'x:z' }] };
    const around = { ...context, contextActivities };
    expect(canonicalStatement(statement, 'en-GB')).toEqual({
      ...statement,
      verb: { id: 'x:chose', display: one },
      object: { ...inner, verb: { id: 'x:chose', display: one }, object: what, context: around },
      context: around,
    });
  });

  it('in canonical says of an activity what the store knows of it', () => {
    const known = { name: { fr: 'Couleur', it: 'Colore' } };
    const said = canonicalStatement({ ...statement, object: { id: 'x:z' } }, 'it', (id) =>
      id === 'x:z' ? known : undefined,
    );
    expect(said.object).toEqual({ id: 'x:z', definition: { name: { it: 'Colore' } } });
    expect(said.context?.contextActivities?.parent).toEqual([
      expect.objectContaining({ id: activity.id, definition: expect.anything() }),
    ]);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'en-US'],
    ['', 'en-US'],
    ['*', 'en-US'],
    ['fr', 'en-US'],
    ['EN-gb', 'en-GB'],
    ['de-CH-1996', 'de'],
    ['de-x-y', 'de'],
    ['fr, de;q=0.5', 'de'],
    ['en-US;q=0.2, de;q=0.9', 'de'],
    ['de;q=0, en-GB;q=0.1', 'en-GB'],
    ['de;q=x, en-GB', 'en-GB'],
    ['en', 'en-US'],
    ['en, de', 'de'],
    ['e', 'en-US'],
    [';,;q', 'en-US'],
  ])('is read by who asks for "%s" in %s', (accept, language) => {
    const { display } = canonicalStatement(statement, accept).verb;
    expect(Object.keys(display ?? {})).toEqual([language]);
  });

  it('is not read in half a tag', () => {
    const display = { fr: 'a', 'de-x': 'b', de: 'c' };
    const said = canonicalStatement({ ...statement, verb: { id: 'x:y', display } }, 'de-x-y');
    expect(said.verb.display).toEqual({ de: 'c' });
  });

  it('in canonical keeps a map that is empty, and has none where there was none', () => {
    const bare = { ...statement, verb: { id: 'x:y', display: {} }, object: { id: 'x:z' } };
    const said = canonicalStatement(bare, 'de');
    expect([said.verb, said.object]).toEqual([{ id: 'x:y', display: {} }, { id: 'x:z' }]);
  });

  it('in exact lists its context activities, and is otherwise itself', () => {
    const contextActivities = { parent: [activity], other: [activity, { id: 'x:z' }] };
    const around = { ...context, contextActivities };
    expect(withActivityLists(statement)).toEqual({
      ...statement,
      context: around,
      object: { ...inner, context: around },
    });
    const plain = { ...statement, context: {}, object: { id: 'x:z' } };
    expect(withActivityLists(plain)).toBe(plain);
  });

  it('is a valid statement in each format', () => {
    for (const said of [
      withIdsOnly(statement),
      canonicalStatement(statement, 'de'),
      withActivityLists(statement),
    ])
      expect(statementIssues(said, '2.0.0')).toEqual([]);
  });
});
