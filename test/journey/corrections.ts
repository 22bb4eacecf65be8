import { expect, it } from '@jest/globals';
import { Person } from './client.js';
import { balanceOf, credentialsOf } from './record.js';
import { MOOC, UNIVERSITY } from './story.js';

/** Who takes part; only there once the journey has begun. */
export interface Cast {
  readonly university: Person;
  readonly mooc: Person;
  readonly anybody: Person;
  /** Somebody new who learns. */
  invite(): Promise<Person>;
  /** Asks until it is so. */
  until(isSo: () => Promise<boolean>, state?: () => Promise<string>): Promise<void>;
}

const EXAM = 'https://aurora.example/exam/correction';
const BADGE = 'Correction, examined';
const DEFINITION = {
  id: 'correction-examined',
  name: BADGE,
  description: 'Passed.',
  type: 'Course',
  criteria: 'Pass the examination with half of the points.',
  rule: { passed: EXAM, minScore: 0.5 },
  leastAssurance: 'assessed',
  credit: { system: 'ECTS', value: 3 },
};
const [SOURCE = ''] = UNIVERSITY.sources;
const accountOf = (name: string) => ({ homePage: 'https://aurora.example', name });

const passed = (id: string, name: string, scaled: number, part: object = {}) => ({
  specversion: '1.0',
  id,
  source: SOURCE,
  type: 'org.learning-ledger.passed.v1',
  time: '2026-05-20T10:00:00Z',
  datacontenttype: 'application/json',
  data: {
    learner: { account: accountOf(name) },
    activity: { id: EXAM, type: 'assessment' },
    verb: 'passed',
    occurredAt: '2026-05-20T10:00:00Z',
    result: { status: 'final', success: true, score: { scaled } },
    assurance: { level: 'assessed' },
    ...part,
  },
});
const voidOf = (id: string) => ({
  specversion: '1.0',
  id: `void-${id}`,
  source: SOURCE,
  type: 'org.learning-ledger.voided.v1',
  time: '2026-05-21T10:00:00Z',
  datacontenttype: 'application/json',
  data: { target: { source: SOURCE, id }, reason: 'entered-in-error' },
});

const held = async (person: Person): Promise<readonly string[]> => {
  const credentials = await credentialsOf(person);
  return credentials
    .filter(({ title }) => title === BADGE)
    .map(({ state }) => state)
    .toSorted();
};

/**
 * What was wrong is put right: a correction, a void, an account with the wrong person. Everything
 * derived follows, in every topology. Out: what the people see, to compare after a rebuild.
 */
export const corrections = (cast: () => Cast): (() => Promise<unknown>) => {
  const people: Person[] = [];
  const newLearner = async (account: string): Promise<Person> => {
    const person = await cast().invite();
    people.push(person);
    expect((await claim(person, account)).status).toBe(201);
    return person;
  };
  const record = async (...events: readonly object[]) => {
    const { results } = await cast().university.must(200, 'post', '/v1/events', events);
    return results.map((result: { status: string; code?: string }) => result.code ?? result.status);
  };
  const claim = async (person: Person, account: string) => {
    const learner = { account: accountOf(account) };
    const { code } = await cast().university.must(201, 'post', '/v1/claim-codes', { learner });
    return person.send('post', '/v1/me/claims', { code });
  };
  const becomes = (person: Person, states: readonly string[], balance: number) =>
    cast().until(
      async () =>
        (await held(person)).join() === states.join() && (await balanceOf(person)) === balance,
      async () => JSON.stringify([await held(person), await balanceOf(person)]),
    );

  it('corrects: a regrade earns, its regrade takes away, and a second one is refused', async () => {
    await cast().university.must(201, 'post', '/v1/achievements', DEFINITION);
    const learner = await newLearner('c-1');
    const supersedes = (id: string) => ({ supersedes: { source: SOURCE, id, reason: 'regrade' } });
    expect(await record(passed('exam-1', 'c-1', 0.4))).toEqual(['recorded']);
    expect(await record(passed('exam-1b', 'c-1', 0.6, supersedes('exam-1')))).toEqual(['recorded']);
    await becomes(learner, ['valid'], 3);
    const third = passed('exam-1c', 'c-1', 0.3, supersedes('exam-1b'));
    const rival = passed('exam-1d', 'c-1', 0.9, supersedes('exam-1'));
    expect(await record(third, rival, third)).toEqual([
      'recorded',
      'already-superseded',
      'duplicate',
    ]);
    await becomes(learner, ['withdrawn'], 0);
    expect(await record(voidOf('exam-1c'))).toEqual(['recorded']);
    await becomes(learner, ['valid', 'withdrawn'], 3);
  });

  it('voids: before its target it waits, after it what was earned is withdrawn', async () => {
    const learner = await newLearner('c-2');
    expect(await record(voidOf('exam-2'), passed('exam-2', 'c-2', 0.9))).toEqual([
      'recorded',
      'recorded',
    ]);
    expect(await record(passed('exam-2b', 'c-2', 0.8))).toEqual(['recorded']);
    // On Kafka a void and its target travel apart: where the target comes first, what it earned is
    // issued and withdrawn, and stands there so.
    const valid = async (): Promise<number> =>
      (await held(learner)).filter((state) => state === 'valid').length;
    await cast().until(async () => (await valid()) === 1 && (await balanceOf(learner)) === 3);
    expect(await record(voidOf('exam-2b'))).toEqual(['recorded']);
    await cast().until(async () => (await valid()) === 0 && (await balanceOf(learner)) === 0);
    expect(new Set(await held(learner))).toEqual(new Set(['withdrawn']));
    const undo = { ...voidOf('void-exam-2b'), id: 'undo' };
    expect(await record(undo)).toEqual(['void-of-void']);
  });

  it('lets a quality assurance body correct for the provider, as long as that says so', async () => {
    const learner = await newLearner('c-qa');
    expect(await record(passed('exam-qa', 'c-qa', 0.4))).toEqual(['recorded']);
    const [, , provider, name] = SOURCE.split(':');
    const [sends, path] = [`urn:llcl:${MOOC.id}:for.${provider}.${name}`, '/v1/me/correctors'];
    const correct = async (id: string, scaled: number, of: readonly [string, string]) => {
      const supersedes = { source: of[0], id: of[1], reason: 'appeal' };
      const event = { ...passed(id, 'c-qa', scaled, { supersedes }), source: sends };
      const { results } = await cast().mooc.must(200, 'post', '/v1/events', [event]);
      return results[0].code ?? results[0].status;
    };
    expect(await correct('qa-1', 0.6, [SOURCE, 'exam-qa'])).toBe('source-not-yours');
    await cast().university.must(204, 'put', `${path}/${MOOC.id}`, { sources: [SOURCE] });
    await cast().until(
      async () => (await correct('qa-1', 0.6, [SOURCE, 'exam-qa'])) !== 'source-not-yours',
    );
    await becomes(learner, ['valid'], 3);
    expect(await cast().university.must(200, 'get', path)).toEqual({
      data: [{ client: MOOC.id, sources: [{ corrects: SOURCE, sends }] }],
    });
    await cast().university.must(204, 'delete', `${path}/${MOOC.id}`);
    await cast().until(
      async () => (await correct('qa-1', 0.6, [SOURCE, 'exam-qa'])) === 'source-not-yours',
    );
    // What was corrected stays, and is the provider's to void.
    await becomes(learner, ['valid'], 3);
    const undo = voidOf('qa-1');
    const target = { source: sends, id: 'qa-1' };
    expect(await record({ ...undo, data: { ...undo.data, target } })).toEqual(['recorded']);
    await becomes(learner, ['withdrawn'], 0);
  });

  it('takes an account back from the wrong person: it is withdrawn there and issued anew', async () => {
    const wrong = await newLearner('c-3');
    expect(await record(passed('exam-3', 'c-3', 0.7))).toEqual(['recorded']);
    await becomes(wrong, ['valid'], 3);
    const data = await credentialsOf(wrong);
    const { text } = await wrong.send('get', `/v1/me/credentials/${data[0]?.id}`);
    const share = await wrong.must(201, 'post', '/v1/shares', {
      credentialIds: [data[0]?.id],
      until: '2099-01-01T00:00:00Z',
    });
    const right = await cast().invite();
    people.push(right);
    expect((await claim(right, 'c-3')).body).toMatchObject({ code: 'account-claimed' });
    const learner = { account: accountOf('c-3') };
    // The other provider knows nobody by this name.
    expect(await cast().mooc.must(200, 'post', '/v1/account-releases', { learner })).toEqual({
      released: false,
    });
    await cast().university.must(200, 'post', '/v1/account-releases', { learner });
    await becomes(wrong, [], 0);
    await cast().until(async () => {
      const shown = await cast().anybody.must(200, 'get', `/v1/shares/${share.id}`);
      return shown.credentials.length === 0;
    });
    await cast().until(async () => {
      const checked = await cast().anybody.must(200, 'post', '/v1/verifications', {
        credential: JSON.parse(text),
      });
      return checked.verdict === 'withdrawn';
    });
    expect((await claim(right, 'c-3')).status).toBe(201);
    await becomes(right, ['valid', 'withdrawn'], 3);
  });

  it('lets a learner give an account up and undo it', async () => {
    const learner = await newLearner('c-4');
    expect(await record(passed('exam-4', 'c-4', 0.7))).toEqual(['recorded']);
    await becomes(learner, ['valid'], 3);
    const { data } = await learner.must(200, 'get', '/v1/me/claims');
    const [{ id }] = data;
    await learner.must(204, 'delete', `/v1/me/claims/${id}`);
    await becomes(learner, [], 0);
    await learner.must(200, 'post', `/v1/me/claims/${id}/restore`);
    await becomes(learner, ['valid', 'withdrawn'], 3);
  });

  return () =>
    Promise.all(
      people.flatMap((person) =>
        ['credentials', 'timeline', 'credits', 'claims'].map(
          async (what) => (await person.send('get', `/v1/me/${what}`)).body,
        ),
      ),
    );
};
