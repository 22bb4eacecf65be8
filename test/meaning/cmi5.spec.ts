import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Rule } from '#contracts';
import { evaluate } from '../../libs/accumulation/src/domain/rule.js';
import type { Learning } from '../../libs/accumulation/src/domain/learning.js';
import { mapStatement } from '../../libs/recording/src/domain/xapi.js';
import type { Statement } from '../../libs/recording/src/domain/xapi-statement.js';

const CMI5 = 'https://w3id.org/xapi/cmi5';
const COURSE = 'https://lms.example/course/7';
const AU = 'https://lms.example/au/7-1';
const category = (name: string) => ({ id: `${CMI5}/context/categories/${name}` });

interface Part {
  readonly of?: readonly string[];
  readonly object?: object;
  readonly result?: object;
}

/** A statement of a session of cmi5, as the LMS or the unit sends it. */
const said = (verb: string, { of = ['cmi5'], object = { id: AU }, result }: Part = {}): Statement =>
  ({
    actor: { account: { homePage: 'https://lms.example', name: '204' } },
    verb: { id: `http://adlnet.gov/expapi/verbs/${verb}` },
    object,
    ...(result ? { result } : {}),
    context: {
      registration: '5a1a9f2e-0000-4000-8000-000000000000',
      contextActivities: { parent: [{ id: COURSE }], category: of.map(category) },
      extensions: { [`${CMI5}/context/extensions/sessionid`]: 's-1' },
    },
    timestamp: '2026-05-04T09:00:00Z',
  }) as Statement;
const moveOn = ['cmi5', 'moveon'];
const course = { id: COURSE, definition: { type: `${CMI5}/activitytype/course` } };
const block = {
  id: 'https://lms.example/block/7-a',
  definition: { type: `${CMI5}/activitytype/block` },
};
const satisfied = (object: object) => said('satisfied', { object });

const SESSION = [
  said('launched'),
  said('initialized'),
  // What the content itself has to say in between.
  said('answered', { of: [], object: { id: `${AU}/q1` }, result: { success: true } }),
  said('passed', { of: moveOn, result: { success: true, score: { scaled: 0.8 } } }),
  said('completed', { of: moveOn, result: { completion: true } }),
  satisfied(block),
  satisfied(course),
  said('terminated'),
];

/** What the ledger makes of statements, and what rules see of it. */
const learnings = (statements: readonly Statement[]): readonly Learning[] =>
  statements.flatMap((statement, seq) => {
    const mapped = mapStatement(statement, (mbox) => createHash('sha1').update(mbox).digest('hex'));
    if (mapped.is !== 'learning') return [];
    const data = { ...mapped.data, assurance: { level: 'assessed' } } as Learning['data'];
    const time = '2026-05-04T09:00:00.000Z';
    return [{ id: `evt_${seq}`, seq, time, source: 'urn:llcl:a:b', eventId: `${seq}`, data }];
  });
const earns = (rule: Rule, statements: readonly Statement[]) =>
  evaluate(rule, { learnings: learnings(statements), achievements: new Map() }, 'assessed');
const what = (statements: readonly Statement[]): readonly string[] =>
  learnings(statements).map(({ data }) => `${data.verb} ${data.activity.id}`);

describe('a session of cmi5', () => {
  it('is one result of the course, and what the unit said is said of the unit', () => {
    expect(what(SESSION)).toEqual([
      `started ${AU}`,
      `passed ${AU}`,
      `completed ${AU}`,
      `completed ${block.id}`,
      `completed ${COURSE}`,
    ]);
    expect(learnings(SESSION).filter(({ data }) => data.activity.id === COURSE)).toHaveLength(1);
    expect(learnings(SESSION)[1]?.data.activity).toMatchObject({
      type: 'lesson',
      parents: [COURSE],
      registration: '5a1a9f2e-0000-4000-8000-000000000000',
    });
  });

  it('earns the course once, however often it is repeated', () => {
    const once = earns({ completed: COURSE }, SESSION);
    expect(once).toMatchObject({ earned: true, evidence: ['evt_6'] });
    expect(earns({ completed: COURSE }, [...SESSION, ...SESSION])).toEqual(once);
    const hours = SESSION.map((each) => ({
      ...each,
      result: { ...each.result, duration: 'PT1H' },
    }));
    const { progress } = earns({ hours: 9, activities: [COURSE] }, [...hours, ...hours]);
    expect(progress.have).toBe(1);
  });

  it('earns nothing of the course until the LMS says that it is satisfied', () => {
    const before = SESSION.filter((each) => each.object !== course);
    expect(earns({ completed: COURSE }, before).earned).toBe(false);
    expect(earns({ completed: AU }, before).earned).toBe(true);
    expect(earns({ passed: AU, minScore: 0.8 }, before).earned).toBe(true);
  });

  it('earns the unit by a waiver, with its reason, if the reason is one of cmi5', () => {
    const reason = `${CMI5}/result/extensions/reason`;
    const waived = (text: string) =>
      said('waived', {
        of: moveOn,
        result: { success: true, completion: true, extensions: { [reason]: text } },
      });
    expect(what([waived('Tested Out')])).toEqual([`recognised ${AU}`]);
    expect(earns({ completed: AU }, [waived('Tested Out')]).earned).toBe(true);
    const ext = (text: string) =>
      (learnings([waived(text)])[0]?.data as { readonly ext?: object } | undefined)?.ext;
    expect(ext('Tested Out')).toEqual({ [reason]: 'Tested Out' });
    expect(ext('Amina was ill')).toBeUndefined();
  });

  it.each([
    ['it was left', [said('abandoned')]],
    ['a result without moveon', [said('passed', { result: { success: true } })]],
    ['a waiver without moveon', [said('waived', { result: { completion: true } })]],
    ['the unit as "satisfied"', [satisfied({ id: AU })]],
    ['the content’s own "passed"', [said('passed', { of: [], result: { success: true } })]],
    [
      'the content’s own "completed" of the course',
      [said('completed', { of: [], object: course })],
    ],
    ['a pass below the masteryScore', [mastery('passed', 0.8, 0.79)]],
    ['a failure at the masteryScore', [mastery('failed', 0.8, 0.8)]],
  ])('earns nothing by %s', (_, statements) => {
    expect(what(statements)).toEqual([]);
  });

  it.each([
    ['passed', 0.8],
    ['failed', 0.79],
  ])('"%s" with %d of a masteryScore of 0.8 is as it should be', (verb, scaled) => {
    expect(what([mastery(verb, 0.8, scaled)])).toEqual([`${verb} ${AU}`]);
  });
});

function mastery(verb: string, least: number, scaled: number): Statement {
  const statement = said(verb, {
    of: moveOn,
    result: { success: verb === 'passed', score: { scaled } },
  });
  const extensions = { [`${CMI5}/context/extensions/masteryscore`]: least };
  return { ...statement, context: { ...statement.context, extensions } };
}
