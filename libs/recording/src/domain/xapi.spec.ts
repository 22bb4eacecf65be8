import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { learningEventSchema } from '#contracts';
import { compile } from '../json-schema.js';
import { statementIssues } from '../xapi/statements.js';
import { mapStatement } from './xapi.js';
import type { Statement } from './xapi-statement.js';

const sha1 = (mbox: string): string => createHash('sha1').update(mbox).digest('hex');
const account = { homePage: 'https://uni.example', name: '204' };
const statement = (part: object = {}): Statement => ({
  actor: { account, name: 'Amina Diallo' },
  verb: { id: 'http://adlnet.gov/expapi/verbs/passed' },
  object: {
    id: 'https://uni.example/course/12',
    definition: {
      type: 'https://w3id.org/xapi/cmi5/activitytype/course',
      name: { en: 'Community Nursing' },
    },
  },
  ...part,
});
const given = (part: object = {}) => mapStatement(statement(part), sha1);
const data = (part: object) => {
  const mapped = given(part);
  if (mapped.is !== 'learning') throw new Error(`is ${mapped.is}`);
  return mapped.data;
};
const adl = (name: string) => ({ verb: { id: `http://adlnet.gov/expapi/verbs/${name}` } });
const tla = (name: string) => ({ verb: { id: `https://w3id.org/xapi/tla/verbs/${name}` } });
const cmi5 = (name: string) => ({ verb: { id: `https://w3id.org/xapi/adl/verbs/${name}` } });

describe('an xAPI statement', () => {
  it.each([
    [adl('registered'), 'enrolled'],
    [adl('initialized'), 'started'],
    [adl('launched'), 'started'],
    [adl('attempted'), 'started'],
    [adl('resumed'), 'progressed'],
    [adl('suspended'), 'progressed'],
    [adl('progressed'), 'progressed'],
    [adl('attended'), 'participated'],
    [adl('answered'), 'submitted'],
    [{ verb: { id: 'http://activitystrea.ms/schema/1.0/submit' } }, 'submitted'],
    [adl('scored'), 'assessed'],
    [{ verb: { id: 'https://w3id.org/xapi/acrossx/verbs/evaluated' } }, 'assessed'],
    [adl('passed'), 'passed'],
    [adl('failed'), 'failed'],
    [adl('completed'), 'completed'],
    [cmi5('satisfied'), 'completed'],
    [cmi5('waived'), 'recognised'],
    [tla('achieved'), 'awarded'],
    [{ verb: { id: 'http://id.tincanapi.com/verb/earned' } }, 'awarded'],
    [adl('mastered'), 'awarded'],
    [tla('conferred'), 'awarded'],
    [tla('certified'), 'awarded'],
    [tla('asserted'), 'competency-asserted'],
    [tla('qualified'), 'competency-asserted'],
    [cmi5('abandoned'), 'withdrew'],
    [{ verb: { id: 'http://id.tincanapi.com/verb/unregistered' } }, 'withdrew'],
    [{ verb: { id: 'http://activitystrea.ms/leave' } }, 'withdrew'],
  ])('%j is "%s"', (verb, meaning) => {
    expect(data(verb).verb).toBe(meaning);
  });

  it.each([
    ['a verb that earns nothing', { verb: { id: 'http://id.tincanapi.com/verb/viewed' } }],
    ['a known name in a strange vocabulary', { verb: { id: 'https://else.example/verbs/passed' } }],
    ['what a group did', { actor: { objectType: 'Group', account } }],
    ['what nobody did', { actor: { name: 'Nobody' } }],
    ['a void of nothing', adl('voided')],
    ['an activity whose clean name is too long', { object: { id: `x:${' '.repeat(1_000)}` } }],
    ['what a group without a name did', { actor: { objectType: 'Group', member: [] } }],
    ['an object that is no activity', { object: { objectType: 'Agent', account } }],
    [
      'an account on the site',
      { ...adl('registered'), object: typed('http://id.tincanapi.com/activitytype/lms') },
    ],
    [
      'going out of a meeting',
      {
        verb: { id: 'http://activitystrea.ms/schema/1.0/leave' },
        object: typed('http://adlnet.gov/expapi/activities/meeting'),
      },
    ],
    [
      'checking a certificate',
      { ...tla('verified'), object: typed('https://x.example/activity-types/certificate') },
    ],
  ])('%s is telemetry', (_, part) => {
    expect(given(part).is).toBe('telemetry');
  });

  it.each([
    [{ account }, { account }],
    [{ mbox_sha1sum: 'AB'.repeat(20) }, { mailHash: 'ab'.repeat(20) }],
    [{ mbox: 'mailto:amina@uni.example' }, { mailHash: sha1('mailto:amina@uni.example') }],
    [
      { openid: 'https://id.example/amina' },
      { account: { homePage: 'https://id.example', name: 'https://id.example/amina' } },
    ],
    [{ account, mbox: 'mailto:amina@uni.example' }, { account }],
  ])('names the learner %j as %j', (actor, learner) => {
    expect(given({ actor })).toMatchObject({ is: 'learning', learner });
  });

  it('leaves the names of people and addresses behind', () => {
    const mapped = given({
      actor: { mbox: 'mailto:amina@uni.example', name: 'Amina Diallo' },
      context: { instructor: { account, name: 'Prof. Okafor' }, platform: 'Moodle' },
    });
    expect(JSON.stringify(mapped)).not.toMatch(/Amina|Okafor|@/iu);
  });

  it('voids what a StatementRef points at', () => {
    const id = 'F1A2B3C4-0000-4000-8000-000000000000';
    expect(given({ ...adl('voided'), object: { objectType: 'StatementRef', id } })).toEqual({
      is: 'void',
      rule: 'voiding',
      statementId: id.toLowerCase(),
    });
  });

  it('says the result in canonical words, full marks included', () => {
    const result = {
      score: { raw: 100, min: 0, max: 100, scaled: 1 },
      success: true,
      completion: true,
      response: 'free text',
      duration: 'PT1,5H',
      extensions: { 'https://w3id.org/xapi/cmi5/result/extensions/progress': 40 },
    };
    expect(data({ result }).result).toEqual({
      score: { raw: 100, min: 0, max: 100, scaled: 1 },
      success: true,
      completion: true,
      duration: 'PT1.5H',
      progress: 0.4,
    });
    expect(data({ result: { response: 'free text' } }).result).toBeUndefined();
  });

  it('says what the activity is, where it belongs, and makes its identifiers clean', () => {
    const parent = { id: 'https://uni.example/course v1' };
    const mapped = data({
      context: { language: 'en', contextActivities: { parent, grouping: [parent] } },
      attachments: [
        { contentType: 'text/plain', length: 3, sha2: 'short', fileUrl: 'https://f/1' },
      ],
    });
    expect(mapped).toMatchObject({
      activity: {
        type: 'course',
        name: { en: 'Community Nursing' },
        parents: ['https://uni.example/course%20v1'],
      },
      language: 'en',
      evidence: [{ uri: 'https://f/1', mediaType: 'text/plain', size: 3 }],
    });
    expect(data({ object: { id: 'https://uni.example/x' } }).activity).toEqual({
      id: 'https://uni.example/x',
      type: 'other',
    });
  });
});

const canonical = (verb: string, event: object) => ({
  specversion: '1.0',
  id: 'h-1',
  source: 'urn:llcl:uni:moodle',
  type: `org.learning-ledger.${verb}.v1`,
  subject: `urn:lrn:${'a'.repeat(32)}`,
  partitionkey: `urn:lrn:${'a'.repeat(32)}`,
  time: '2026-05-04T09:00:00Z',
  datacontenttype: 'application/json',
  dataschema: 'urn:learning-ledger:learning-event:1.0',
  data: {
    learner: { id: `urn:lrn:${'a'.repeat(32)}` },
    provider: { id: 'urn:llcl:uni', type: 'university' },
    learningContext: 'formal',
    occurredAt: '2026-05-04T09:00:00Z',
    assurance: { level: 'assessed' },
    raw: { format: 'xapi-1.0.3', sha256: '0'.repeat(64) },
    ...event,
  },
});

describe('the statements of the Moodle plug-in’s own tests', () => {
  const folder = join(process.env['STANDARDS_DIR'] ?? '../shared/standards', 'xapi/moodle');
  const files = readdirSync(folder)
    .toSorted()
    .map((file) => ({
      file,
      statements: [JSON.parse(readFileSync(join(folder, file), 'utf8'))].flat() as Statement[],
    }));
  const checkEvent = compile(learningEventSchema);

  it.each(['1.0.3', '2.0.0'] as const)('are all valid in %s', (version) => {
    expect(files).toHaveLength(171);
    for (const { file, statements } of files)
      for (const one of statements)
        expect([file, statementIssues(one, version)]).toEqual([file, []]);
  });

  /**
   * By their verbs alone 83 of the 190 would be events. Five of them say nothing about learning:
   * an account on the site, into and out of a group, out of a meeting, a certificate checked.
   */
  it('become 78 events, each valid, and 112 times telemetry', () => {
    const all = files.flatMap(({ file, statements }) =>
      statements.map((one) => ({ file, mapped: mapStatement(one, sha1) })),
    );
    const events = all.flatMap(({ file, mapped }) =>
      mapped.is === 'learning' ? [{ file, mapped }] : [],
    );
    for (const { file, mapped } of events)
      expect([file, checkEvent(canonical(mapped.data.verb, mapped.data))]).toEqual([file, []]);
    const knownVerbs = all.filter(
      ({ mapped }) => mapped.is === 'telemetry' && mapped.because !== 'the verb earns nothing',
    );
    expect(knownVerbs.map(({ file }) => file.split('__').slice(0, 2).join('__'))).toEqual([
      'core__group_member_added',
      'core__group_member_removed',
      'core__user_created',
      'mod_bigbluebuttonbn__meeting_left',
      'tool_certificate__certificate_verified',
    ]);
    expect([all.length, events.length, events.length + knownVerbs.length]).toEqual([190, 78, 83]);
  });
});

function typed(type: string): object {
  return { id: 'https://uni.example/thing', definition: { type } };
}
