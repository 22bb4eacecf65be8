import { createPrivateKey, randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Person } from './client.js';
import { balanceOf, credentialsOf } from './record.js';
import type { Cast } from './corrections.js';
import { SIGNING_KEY, UNIVERSITY } from './story.js';

const [SOURCE = ''] = UNIVERSITY.sources;
const HOME = 'https://aurora.example';
const course = (name: string): string => `${HOME}/people/${name}`;
const accountOf = (name: string) => ({ account: { homePage: HOME, name } });

const definition = (id: string, rule: object, value: number) => ({
  id: `people-${id}`,
  name: `people-${id}`,
  description: 'Passed.',
  type: 'Course',
  criteria: 'Pass.',
  rule,
  leastAssurance: 'assessed',
  credit: { system: 'ECTS', value },
});
const passed = (learner: object, name: string, occurredAt = '2026-05-20T10:00:00Z') => ({
  specversion: '1.0',
  id: randomUUID(),
  source: SOURCE,
  type: 'org.learning-ledger.passed.v1',
  time: occurredAt,
  datacontenttype: 'application/json',
  data: {
    learner,
    activity: { id: course(name), type: 'assessment' },
    verb: 'passed',
    occurredAt,
    result: { status: 'final', success: true },
    assurance: { level: 'assessed' },
  },
});

const held = async (person: Person): Promise<readonly string[]> => {
  const credentials = await credentialsOf(person);
  return credentials
    .filter(({ state }) => state === 'valid')
    .map(({ title }) => title.replace('people-', ''))
    .toSorted();
};

/**
 * Who is who: what a mail hash cannot claim and a signed statement can, a person who signed up
 * twice, an account name that is another person's since. Everything derived follows, in every
 * topology. Out: what the people see, to compare after a rebuild.
 */
export const people = (cast: () => Cast): (() => Promise<unknown>) => {
  const everybody: Person[] = [];
  const invite = async (): Promise<Person> => {
    const person = await cast().invite();
    everybody.push(person);
    return person;
  };
  const record = async (...events: readonly object[]): Promise<void> => {
    const { results } = await cast().university.must(200, 'post', '/v1/events', events);
    for (const result of results) expect(result).toMatchObject({ status: 'recorded' });
  };
  const claim = async (person: Person, learner: object): Promise<number> => {
    const { code } = await cast().university.must(201, 'post', '/v1/claim-codes', { learner });
    return (await person.send('post', '/v1/me/claims', { code })).status;
  };
  const becomes = (person: Person, titles: readonly string[], balance: number) =>
    cast().until(
      async () =>
        (await held(person)).join() === titles.join() && (await balanceOf(person)) === balance,
      async () => JSON.stringify([await held(person), await balanceOf(person)]),
    );
  const stated = async (person: Person, learner: object): Promise<string> => {
    const { nonce, audience } = await person.must(201, 'post', '/v1/me/claim-nonces');
    return new SignJWT({ nonce, learner })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'account+jwt' })
      .setIssuer(UNIVERSITY.id)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(randomUUID())
      .sign(createPrivateKey(SIGNING_KEY));
  };

  it('gives what was sent to a mail hash to nobody, until its provider says whose it is', async () => {
    const both = { all: [{ passed: course('x') }, { passed: course('y') }] };
    for (const [id, rule, value] of [
      ['x', { passed: course('x') }, 3],
      ['y', { passed: course('y') }, 4],
      ['both', both, 8],
      ['z', { passed: course('z') }, 16],
    ] as const)
      await cast().university.must(201, 'post', '/v1/achievements', definition(id, rule, value));
    const [learner, other] = [await invite(), await invite()];
    const mail = { mailHash: 'c'.repeat(40) };
    expect(await claim(learner, accountOf('mail-1'))).toBe(201);
    await record(passed(mail, 'x'), passed(accountOf('mail-1'), 'y'));
    await becomes(learner, ['y'], 4);
    const statement = await stated(learner, mail);
    const stolen = await other.send('post', '/v1/me/claims', { assertion: statement });
    expect(stolen.body).toMatchObject({ code: 'assertion-not-for-you' });
    await learner.must(201, 'post', '/v1/me/claims', { assertion: statement });
    const again = await learner.send('post', '/v1/me/claims', { assertion: statement });
    expect(again.body).toMatchObject({ code: 'assertion-used' });
    const late = { assertion: await stated(other, mail) };
    expect((await other.send('post', '/v1/me/claims', late)).body).toMatchObject({
      code: 'account-claimed',
    });
    await becomes(learner, ['both', 'x', 'y'], 15);
    await becomes(other, [], 0);
  }, 60_000);

  it('makes one record of two of the same person, and two again', async () => {
    const [one, two] = [await invite(), await invite()];
    expect([await claim(one, accountOf('m-1')), await claim(two, accountOf('m-2'))]).toEqual([
      201, 201,
    ]);
    await record(
      passed(accountOf('m-1'), 'x'),
      passed(accountOf('m-1'), 'z'),
      passed(accountOf('m-2'), 'z', '2026-05-21T10:00:00Z'),
      passed(accountOf('m-2'), 'y'),
    );
    const apart = async () => {
      await becomes(one, ['x', 'z'], 19);
      await becomes(two, ['y', 'z'], 20);
    };
    await apart();
    const data = await credentialsOf(two);
    const share = await two.must(201, 'post', '/v1/shares', {
      credentialIds: data.map(({ id }) => id),
      until: '2099-01-01T00:00:00Z',
    });

    const { code } = await two.must(201, 'post', '/v1/me/merge-codes');
    const merged = await one.must(200, 'post', '/v1/me/merges', { code });
    // What both had, once; what both together earn; the shares of either.
    for (const person of [one, two]) await becomes(person, ['both', 'x', 'y', 'z'], 31);
    expect((await one.must(200, 'get', '/v1/me/shares')).data).toMatchObject([{ id: share.id }]);
    expect((await one.must(200, 'get', '/v1/me/claims')).data).toHaveLength(2);

    const { url } = await one.must(200, 'delete', `/v1/me/merges/${merged.data[0].id}`);
    await apart();
    expect((await one.must(200, 'get', '/v1/me/shares')).data).toEqual([]);
    const link = String(url).split('/').at(-1);
    await cast().anybody.must(200, 'post', '/v1/sign-in', { code: link });
  }, 120_000);

  it('keeps a name’s earlier holder and its later one apart', async () => {
    const [left, came] = [await invite(), await invite()];
    const learner = accountOf('u-recycled');
    expect(await claim(left, learner)).toBe(201);
    await record(passed(learner, 'x', '2026-02-01T10:00:00Z'));
    await becomes(left, ['x'], 3);
    const from = '2026-03-01T00:00:00.000Z';
    expect(
      await cast().university.must(200, 'post', '/v1/account-handovers', { learner, from }),
    ).toEqual({ from, handedOver: true });
    // One came late, for the time before.
    await record(
      passed(learner, 'x', '2026-04-01T10:00:00Z'),
      passed(learner, 'y', '2026-02-02T10:00:00Z'),
    );
    await becomes(left, ['both', 'x', 'y'], 15);
    await becomes(came, [], 0);
    expect(await claim(came, learner)).toBe(201);
    await becomes(came, ['x'], 3);
    await becomes(left, ['both', 'x', 'y'], 15);
  }, 120_000);

  return () =>
    Promise.all(
      everybody.flatMap((person) =>
        ['credentials', 'timeline', 'credits', 'claims', 'merges', 'shares'].map(
          async (what) => (await person.send('get', `/v1/me/${what}`)).body,
        ),
      ),
    );
};
