import { describe, expect, it } from '@jest/globals';
import { statementIssues } from './statements.js';
import { XAPI_VERSIONS } from './resource.js';
import { statement } from '../testing/samples.js';

const issues = (part: object, version: '1.0.3' | '2.0.0' = '2.0.0') =>
  statementIssues(statement(part), version);
const pointers = (part: object, version?: '1.0.3' | '2.0.0') =>
  issues(part, version).map(({ pointer }) => pointer);

const ID = 'f1a2b3c4-0000-4000-8000-00000000000a';
const account = { homePage: 'https://uni.example', name: '204' };
const mbox = 'mailto:amina@uni.example';
const agent = { mbox };
const member = [agent, { account }];
const ref = { objectType: 'StatementRef', id: ID };
const activity = { id: 'https://uni.example/course/12' };
const inner = { objectType: 'SubStatement', actor: agent, verb: { id: 'x:y' }, object: activity };
const sub = (part: object) => ({ object: { ...inner, ...part } });
const defined = (definition: object) => ({ object: { ...activity, definition } });
const attachment = {
  usageType: 'urn:x:y',
  display: { en: 'Essay' },
  contentType: 'text/plain',
  length: 3,
  sha2: 'ab'.repeat(32),
};
const choices = [{ id: 'a' }, { id: 'b', description: { en: 'B' } }];
const context = (part: object) => ({ context: part });
const inContext = (part: object) => context({ contextActivities: part });

describe.each(XAPI_VERSIONS)('a statement of xAPI %s', (version) => {
  it.each<[string, object]>([
    ['an agent by mbox', { actor: agent }],
    ['an agent by hash', { actor: { objectType: 'Agent', mbox_sha1sum: 'Ab'.repeat(20) } }],
    ['an agent by OpenID', { actor: { openid: 'https://id.example/a' } }],
    ['a named group', { actor: { objectType: 'Group', account } }],
    ['a named group with members', { actor: { objectType: 'Group', mbox, member } }],
    ['a group of members', { actor: { objectType: 'Group', member } }],
    ['an agent as object', { object: { objectType: 'Agent', mbox } }],
    ['a group as object', { object: { objectType: 'Group', member } }],
    ['a statement as object', { object: ref }],
    ['a statement inside', sub({ timestamp: '2026-05-04T09:00:00Z', result: { success: true } })],
    ['an agent inside', sub({ object: { objectType: 'Agent', mbox } })],
    ['a void', { verb: { id: 'http://adlnet.gov/expapi/verbs/voided' }, object: ref }],
    ['full marks', { result: { score: { raw: 10, min: 0, max: 10, scaled: 1 } } }],
    ['no marks', { result: { score: { raw: 0, min: 0, max: 10, scaled: -1 } } }],
    ['weeks', { result: { duration: 'P4W' } }],
    ['a fraction of a minute', { result: { duration: 'P1Y2M3DT4H5.5M' } }],
    ['a comma', { result: { duration: 'PT1,5S' } }],
    ['a question', defined({ interactionType: 'choice', choices, correctResponsesPattern: ['a'] })],
    ['a sequence', defined({ interactionType: 'sequencing', choices })],
    ['a scale', defined({ interactionType: 'likert', scale: choices })],
    ['pairs', defined({ interactionType: 'matching', source: choices, target: choices })],
    ['steps', defined({ interactionType: 'performance', steps: choices })],
    ['null in an extension', defined({ extensions: { 'x:y': null, 'x:z': {} } })],
    ['one activity around it', inContext({ parent: activity })],
    ['activities around it', inContext({ grouping: [activity, activity], other: [] })],
    ['a revision', context({ revision: '2', platform: 'Moodle', language: 'pt-BR' })],
    ['people around it', context({ instructor: agent, team: { objectType: 'Group', member } })],
    ['an attachment with a place', { attachments: [{ ...attachment, fileUrl: 'https://f/1' }] }],
    ['an attachment without one', { attachments: [attachment] }],
    ['another zone', { timestamp: '2026-05-04T09:00:00.123456+05:30' }],
    ['UTC by number', { timestamp: '2026-05-04T09:00:00+00:00' }],
    ['what the store sets', { stored: '2026-05-04T09:00:00Z', authority: agent, version: '1.0.9' }],
    ['an authority of two', { authority: { objectType: 'Group', member } }],
    ['an id in capitals', { id: ID.toUpperCase() }],
  ])('may have %s', (_, part) => {
    expect(issues(part, version)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['nobody', { actor: { name: 'Amina' } }, '#/actor'],
    ['an agent with two names', { actor: { mbox, account } }, '#/actor'],
    ['a group with two names', { actor: { objectType: 'Group', mbox, account } }, '#/actor'],
    ['a group of nobody', { actor: { objectType: 'Group' } }, '#/actor/member'],
    ['a group of none', { actor: { objectType: 'Group', member: [] } }, '#/actor/member'],
    [
      'a group in a group',
      { actor: { objectType: 'Group', member: [{ objectType: 'Group', member }] } },
      '#/actor/member/0/objectType',
    ],
    ['a member with no name', groupOf({ name: 'A' }), '#/actor/member/0'],
    ['a member with two names', groupOf({ mbox, account }), '#/actor/member/0'],
    ['members of an agent', { actor: { mbox, member } }, '#/actor/member'],
    ['another kind of actor', { actor: { objectType: 'Person', mbox } }, '#/actor/objectType'],
    ['the wrong case', { actor: { objectType: 'agent', mbox } }, '#/actor/objectType'],
    ['a mail address that is no IRI', { actor: { mbox: 'a@b.c' } }, '#/actor/mbox'],
    ['half a hash', { actor: { mbox_sha1sum: 'ab' } }, '#/actor/mbox_sha1sum'],
    ['an OpenID without scheme', { actor: { openid: 'id.example/a' } }, '#/actor/openid'],
    ['an account without place', { actor: { account: { name: '1' } } }, '#/actor/account/homePage'],
    ['an agent as object, untold', { object: { mbox } }, '#/object/id'],
    ['an object with two names', { object: { objectType: 'Agent', mbox, account } }, '#/object'],
    ['a URN as id', { id: `urn:uuid:${ID}` }, '#/id'],
    ['a reference to nothing', { object: { objectType: 'StatementRef' } }, '#/object/id'],
    ['an id inside', sub({ id: ID }), '#/object/id'],
    ['an authority inside', sub({ authority: agent }), '#/object/authority'],
    ['a version inside', sub({ version: '1.0.0' }), '#/object/version'],
    ['stored inside', sub({ stored: '2026-05-04T09:00:00Z' }), '#/object/stored'],
    ['a statement inside one inside', sub({ object: inner }), '#/object/object/objectType'],
    ['nobody inside', sub({ actor: {} }), '#/object/actor'],
    ['a bad score inside', sub({ result: { score: { raw: 3, max: 2 } } }), '#/object/result/score'],
    ['no such day', sub({ timestamp: '2026-02-30T09:00:00Z' }), '#/object/timestamp'],
    [
      'a void of an activity',
      { verb: { id: 'http://adlnet.gov/expapi/verbs/voided' } },
      '#/object',
    ],
    ['more than full marks', { result: { score: { raw: 11, max: 10 } } }, '#/result/score'],
    ['less than nothing', { result: { score: { raw: -1, min: 0 } } }, '#/result/score'],
    ['no range', { result: { score: { min: 5, max: 5 } } }, '#/result/score'],
    ['weeks and days', { result: { duration: 'P4W1D' } }, '#/result/duration'],
    ['nothing of time', { result: { duration: 'PT' } }, '#/result/duration'],
    ['two fractions', { result: { duration: 'PT1.5H2.5S' } }, '#/result/duration'],
    ['text as number', { result: { score: { raw: '1' } } }, '#/result/score/raw'],
    ['text as truth', { result: { success: 'true' } }, '#/result/success'],
    ['null', { result: { response: null } }, '#/result/response'],
    ['no kind of question', defined({ choices }), '#/object/definition/interactionType'],
    [
      'answers without a question',
      defined({ correctResponsesPattern: ['a'] }),
      '#/object/definition/interactionType',
    ],
    [
      'an unknown kind of question',
      defined({ interactionType: 'Choice' }),
      '#/object/definition/interactionType',
    ],
    [
      'lists of another kind',
      defined({ interactionType: 'numeric', choices }),
      '#/object/definition/choices',
    ],
    [
      'the same choice twice',
      defined({ interactionType: 'choice', choices: [{ id: 'a' }, { id: 'a' }] }),
      '#/object/definition/choices',
    ],
    [
      'a bad question around it',
      inContext({ parent: { ...activity, definition: { steps: [] } } }),
      '#/context/contextActivities/parent/definition/interactionType',
    ],
    [
      'a bad question among those around it',
      inContext({ other: [activity, { ...activity, definition: { steps: [] } }] }),
      '#/context/contextActivities/other/1/definition/interactionType',
    ],
    [
      'extensions without IRIs',
      defined({ extensions: { y: 1 } }),
      '#/object/definition/extensions/y',
    ],
    [
      'an activity that is none',
      inContext({ parent: {} }),
      '#/context/contextActivities/parent/id',
    ],
    [
      'other names around it',
      inContext({ mother: activity }),
      '#/context/contextActivities/mother',
    ],
    ['a team of one agent', context({ team: agent }), '#/context/team/objectType'],
    [
      'an instructor with two names',
      context({ instructor: { mbox, account } }),
      '#/context/instructor',
    ],
    [
      'a revision of a person',
      { ...context({ revision: '2' }), object: { objectType: 'Agent', mbox } },
      '#/context/revision',
    ],
    [
      'a platform of a statement',
      { ...context({ platform: 'M' }), object: ref },
      '#/context/platform',
    ],
    ['no language', context({ language: 'a12345678' }), '#/context/language'],
    [
      'no language of a text',
      { verb: { id: 'x:y', display: { en_GB: 'x' } } },
      '#/verb/display/en_GB',
    ],
    [
      'an attachment without hash',
      { attachments: [{ ...attachment, sha2: undefined }] },
      '#/attachments/0/sha2',
    ],
    ['half a byte', { attachments: [{ ...attachment, length: 1.5 }] }, '#/attachments/0/length'],
    ['an unknown offset', { timestamp: '2026-05-04T09:00:00-00:00' }, '#/timestamp'],
    ['an unknown offset, short', { timestamp: '2026-05-04T09:00:00-0000' }, '#/timestamp'],
    ['an offset of hours', { timestamp: '2026-05-04T09:00:00-00' }, '#/timestamp'],
    ['no offset', { timestamp: '2026-05-04T09:00:00' }, '#/timestamp'],
    ['stored at no time', { stored: '2016-12-31T23:59:60Z' }, '#/stored'],
    [
      'a named group as authority',
      { authority: { objectType: 'Group', mbox, member } },
      '#/authority',
    ],
    [
      'an authority of three',
      { authority: { objectType: 'Group', member: [...member, agent] } },
      '#/authority/member',
    ],
    ['a version to come', { version: '1.1.0' }, '#/version'],
    ['half a character', { verb: { id: 'x:y', display: { en: '\ud800' } } }, '#'],
    ['NUL in a name', defined({ extensions: { 'x:\0': 1 } }), '#'],
  ])('has not %s', (_, part, pointer) => {
    expect(pointers(part, version)).toContain(pointer);
  });
});

describe('what 2.0 brought', () => {
  const contextAgents = [{ objectType: 'contextAgent', agent, relevantTypes: ['x:teacher'] }];
  const contextGroups = [{ objectType: 'contextGroup', group: { objectType: 'Group', member } }];

  it('is valid there, and unknown in 1.0.3', () => {
    const part = { ...context({ contextAgents, contextGroups }), version: '2.0.0' };
    expect(issues(part, '2.0.0')).toEqual([]);
    expect(pointers(part, '1.0.3')).toEqual(
      expect.arrayContaining(['#/context/contextAgents', '#/context/contextGroups', '#/version']),
    );
  });

  it.each<[object, string]>([
    [{ contextAgents: [{ objectType: 'Agent', agent }] }, '#/context/contextAgents/0/objectType'],
    [{ contextAgents: [{ agent }] }, '#/context/contextAgents/0/objectType'],
    [
      { contextAgents: [{ objectType: 'contextAgent', agent: { name: 'A' } }] },
      '#/context/contextAgents/0/agent',
    ],
    [
      { contextAgents: [{ objectType: 'contextAgent', agent, relevantTypes: [] }] },
      '#/context/contextAgents/0/relevantTypes',
    ],
    [
      { contextAgents: [{ objectType: 'contextAgent', agent, relevantTypes: ['teacher'] }] },
      '#/context/contextAgents/0/relevantTypes/0',
    ],
    [
      { contextGroups: [{ objectType: 'contextGroup', group: agent }] },
      '#/context/contextGroups/0/group/objectType',
    ],
    [
      { contextGroups: [{ objectType: 'contextGroup', group: { objectType: 'Group' } }] },
      '#/context/contextGroups/0/group/member',
    ],
    [{ contextAgents: {} }, '#/context/contextAgents'],
  ])('has its own rules: not %j', (part, pointer) => {
    expect(pointers(context(part))).toContain(pointer);
    expect(pointers(sub(context(part)))).toContain(pointer.replace('#', '#/object'));
  });
});

function groupOf(one: object): object {
  return { actor: { objectType: 'Group', member: [one] } };
}
