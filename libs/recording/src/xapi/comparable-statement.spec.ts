import { describe, expect, it } from '@jest/globals';
import {
  comparableStatement,
  comparableWithActor,
  isSameStatement,
} from './comparable-statement.js';
import { statement } from '../testing/samples.js';

const ID = 'F1A2B3C4-0000-4000-8000-00000000000A';
const OTHER = 'f1a2b3c4-0000-4000-8000-00000000000b';
const agent = { mbox: 'mailto:b@x.y', name: 'Bo' };
const account = { account: { homePage: 'https://uni.example', name: '7' } };
const group = (...member: readonly object[]) => ({ objectType: 'Group', member });
const activity = (definition?: object) => ({ id: 'x:z', ...(definition && { definition }) });
const inner = (part: object = {}) => ({
  object: {
    objectType: 'SubStatement',
    actor: agent,
    verb: { id: 'x:y' },
    object: { id: 'x:z' },
    timestamp: '2026-05-04T09:00:00Z',
    ...part,
  },
});
const attachment = (part: object = {}) => ({
  attachments: [
    { usageType: 'x:y', display: { en: 'A' }, contentType: 'a/b', length: 1, sha2: 'ab', ...part },
  ],
});
const same = (one: object, other: object) => isSameStatement(statement(one), statement(other));

describe('two statements are one', () => {
  it.each<[string, object, object]>([
    ['an id, or none', { id: ID }, {}],
    ['the case of an id', { id: ID }, { id: ID.toLowerCase() }],
    ['a time, or none', {}, { timestamp: undefined }],
    ['the zone', {}, { timestamp: '2026-05-04T11:00:00+02:00' }],
    [
      'what the store sets',
      {},
      { stored: '2026-05-05T00:00:00Z', version: '1.0.0', authority: agent },
    ],
    ['the name of the actor', { actor: agent }, { actor: { ...agent, name: 'Bob' } }],
    ['what an agent may be called', { actor: agent }, { actor: { ...agent, objectType: 'Agent' } }],
    [
      'the case of a hash',
      { actor: { mbox_sha1sum: 'AB'.repeat(20) } },
      { actor: { mbox_sha1sum: 'ab'.repeat(20) } },
    ],
    ['the order of a group', { actor: group(agent, account) }, { actor: group(account, agent) }],
    ['the verb’s words', { verb: { id: 'x:y' } }, { verb: { id: 'x:y', display: { en: 'did' } } }],
    ['the activity’s words', { object: activity() }, { object: activity({ name: { en: 'Z' } }) }],
    [
      'the type of an activity',
      { object: activity() },
      { object: { objectType: 'Activity', ...activity() } },
    ],
    [
      'a list of one',
      { context: { contextActivities: { parent: activity() } } },
      { context: { contextActivities: { parent: [activity({})] } } },
    ],
    [
      'the instructor’s name',
      { context: { instructor: agent } },
      { context: { instructor: { mbox: agent.mbox } } },
    ],
    [
      'the team’s order',
      { context: { team: group(agent, account) } },
      { context: { team: group(account, agent) } },
    ],
    [
      'a person’s name around it',
      { context: { contextAgents: [{ agent }] } },
      { context: { contextAgents: [{ agent: { mbox: agent.mbox } }] } },
    ],
    [
      'the case of a registration',
      { context: { registration: ID } },
      { context: { registration: ID.toLowerCase() } },
    ],
    [
      'the case of a reference',
      { object: { objectType: 'StatementRef', id: ID } },
      { object: { objectType: 'StatementRef', id: ID.toLowerCase() } },
    ],
    [
      'what is beyond 0.01 s',
      { result: { duration: 'P1DT12H36M0.12S' } },
      { result: { duration: 'P1DT12H36M0.1237S' } },
    ],
    ['how a time is written', { result: { duration: 'PT60S' } }, { result: { duration: 'PT1M' } }],
    ['what an attachment is called', attachment(), attachment({ display: {}, fileUrl: 'x:f' })],
    ['no attachment and none', {}, { attachments: [] }],
    [
      'words inside',
      inner(),
      inner({ verb: { id: 'x:y', display: { en: 'y' } }, object: activity({}) }),
    ],
    ['the zone inside', inner(), inner({ timestamp: '2026-05-04T10:00:00+01:00' })],
  ])('whatever %s', (_, one, other) => {
    expect(same(one, other)).toBe(true);
    expect(same(other, one)).toBe(true);
  });

  it.each<[string, object, object]>([
    ['id', { id: ID }, { id: OTHER }],
    ['time', {}, { timestamp: '2026-05-04T09:00:00.001Z' }],
    ['actor', {}, { actor: agent }],
    ['kind of actor', { actor: agent }, { actor: { ...agent, objectType: 'Group' } }],
    ['group', { actor: group(agent) }, { actor: group(agent, account) }],
    ['verb', {}, { verb: { id: 'x:y' } }],
    ['object', {}, { object: activity() }],
    [
      'agent as object',
      { object: { objectType: 'Agent', ...agent } },
      { object: { objectType: 'Agent', ...account } },
    ],
    ['result', {}, { result: { success: true } }],
    ['response', { result: { response: 'a' } }, { result: { response: 'A' } }],
    ['duration', { result: { duration: 'PT0.12S' } }, { result: { duration: 'PT0.13S' } }],
    ['extension', { result: { extensions: { 'x:y': null } } }, { result: { extensions: {} } }],
    ['instructor', { context: { instructor: agent } }, { context: { instructor: account } }],
    [
      'activity around it',
      { context: { contextActivities: { parent: activity() } } },
      { context: { contextActivities: { other: activity() } } },
    ],
    [
      'role around it',
      { context: { contextAgents: [{ agent, relevantTypes: ['x:a'] }] } },
      { context: { contextAgents: [{ agent }] } },
    ],
    ['attachment', attachment(), attachment({ sha2: 'ac' })],
    ['number of attachments', attachment(), {}],
    ['actor inside', inner(), inner({ actor: account })],
    ['time inside', inner(), inner({ timestamp: undefined })],
    ['object inside', inner(), inner({ object: { id: 'x:zz' } })],
  ])('but not with another %s', (_, one, other) => {
    expect(same(one, other)).toBe(false);
    expect(same(other, one)).toBe(false);
  });

  it('under the key of the actor without a word of who that is', () => {
    const one = statement({ actor: agent });
    expect(comparableStatement(one)).toBe(comparableStatement(statement({ actor: account })));
    expect(comparableStatement(one)).not.toContain(agent.mbox);
    expect(comparableWithActor(one)).toContain(agent.mbox);
  });
});
