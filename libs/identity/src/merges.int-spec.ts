import { describe, expect, it } from '@jest/globals';
import { accountOf, ADA, ADA2, BEN, PEOPLE, usingMerges } from './testing/merging.js';

describe('a learner who signed up more than once', () => {
  const { world, code, enter, merge, mergesOf, split, claimsOf, same } = usingMerges();

  it('has one record once she enters, in one, the code of the other', async () => {
    await world().claim(ADA, 'uni', accountOf('1'));
    await world().claim(ADA2, 'uni', accountOf('2'));
    const { status, json } = await merge(ADA, ADA2);
    expect([status, json['data']]).toEqual([
      200,
      [{ id: expect.stringMatching(/^mrg_[a-z2-7]{26}$/u), mergedAt: '2026-06-01T08:00:00.000Z' }],
    ]);
    for (const who of [ADA, ADA2]) {
      expect(await claimsOf(who)).toHaveLength(2);
      expect(await mergesOf(who)).toEqual(json['data']);
    }
    expect(world().log.entries.at(-1)).toMatchObject({
      kind: 'people-merged',
      stream: 'merge-per_ada2',
      alias: (await world().vault.createPerson('per_ada2')).homeAlias,
    });
  });

  /** As whom the token of a new session acts. */
  const signIn = async (): Promise<string> => {
    const { json } = await world().ask('', 'POST', '/v1/demo/sign-in', { persona: 'learner' });
    const [, payload = ''] = String(json['access_token']).split('.');
    const { role, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return `${role}:${sub}`;
  };

  it('has the one record, whichever way she signs in', async () => {
    await world().claim(ADA, 'uni', accountOf('1'));
    await merge(ADA, await signIn());
    const session = await signIn();
    expect(await claimsOf(session)).toEqual(await claimsOf(ADA));
    const name = { givenName: 'Ada', familyName: 'Lind' };
    await world().ask(session, 'PUT', '/v1/me/profile', name);
    expect((await world().ask(ADA, 'GET', '/v1/me/profile')).json).toEqual(name);
  });

  it('ends with a split that who signed in meanwhile acts as the other', async () => {
    await world().claim(ADA, 'uni', accountOf('1'));
    await world().ask(ADA, 'PUT', '/v1/me/profile', { givenName: 'Ada', familyName: 'Lind' });
    const aliases = await world().vault.aliasesOf('per_ada');
    await merge(ADA, await signIn());
    const session = await signIn();
    await split(ADA);
    expect([await claimsOf(session), await mergesOf(session)]).toEqual([[], []]);
    expect((await world().ask(session, 'GET', '/v1/me/profile')).said).toBe('not-found');
    expect((await world().ask(session, 'DELETE', '/v1/me')).status).toBe(204);
    expect(await world().vault.aliasesOf('per_ada')).toEqual(aliases);
    expect(await world().vault.areErased(aliases)).toEqual([false, false]);
    expect(
      world()
        .kinds()
        .filter((kind) => kind === 'learner-erased'),
    ).toHaveLength(1);
  });

  it('undoes it: each has what was hers, and what she claimed meanwhile stays', async () => {
    await world().claim(ADA, 'uni', accountOf('1'));
    await world().claim(ADA2, 'uni', accountOf('2'));
    const before = [
      await world().vault.aliasesOf('per_ada'),
      await world().vault.aliasesOf('per_ada2'),
    ];
    await merge(ADA, ADA2);
    const { status, json } = await split(ADA);
    expect([status, json['url']]).toEqual([200, expect.stringContaining('/sign-in/')]);
    expect([
      await world().vault.aliasesOf('per_ada'),
      await world().vault.aliasesOf('per_ada2'),
    ]).toEqual(before);
    expect([await mergesOf(ADA), await mergesOf(ADA2)]).toEqual([[], []]);
    // The link leads to the record that stands for itself again.
    const link = String(json['url']).split('/').at(-1);
    const signedIn = await world().ask('', 'POST', '/v1/sign-in', { code: link });
    const [, payload = ''] = String(signedIn.json['access_token']).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      sub: 'per_ada2',
    });
  });

  it('merges twice without a change', async () => {
    const given = await code(ADA2);
    const first = await enter(ADA, given);
    expect((await enter(ADA, given)).json).toEqual(first.json);
    expect((await merge(ADA, ADA2)).json).toEqual(first.json);
    expect((await merge(ADA2, ADA)).json).toEqual(first.json);
    expect(world().kinds()).toEqual(['people-merged']);
  });

  it('may have signed up three times, and part each again', async () => {
    await merge(ADA, ADA2);
    await merge(BEN, ADA);
    expect(await same('per_ada2')).toEqual(['per_ben', 'per_ada', 'per_ada2']);
    expect(await mergesOf(ADA2)).toHaveLength(2);
    const [first] = await mergesOf(BEN);
    await split(BEN, first?.id);
    const groups = await Promise.all(PEOPLE.map((person) => same(person)));
    expect(groups.map((each) => each.length).toSorted((a, b) => a - b)).toEqual([1, 2, 2]);
  });

  it('is merged one way when both ways are asked for at once', async () => {
    const [given, back] = [await code(ADA2), await code(ADA)];
    const answers = await Promise.all([enter(ADA, given), enter(ADA2, back)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(world().kinds()).toEqual(['people-merged']);
    expect(await same('per_ada')).toHaveLength(2);
  });

  it('is merged with many at once, in a circle, and still goes by somebody', async () => {
    const codes = await Promise.all([ADA, ADA2, BEN].map(code));
    await Promise.all([
      enter(ADA, codes[1] ?? ''),
      enter(ADA2, codes[2] ?? ''),
      enter(BEN, codes[0] ?? ''),
    ]);
    expect(world().kinds()).toEqual(['people-merged', 'people-merged']);
    const all = await Promise.all(PEOPLE.map((person) => same(person)));
    expect(new Set(all.map((each) => each.join())).size).toBe(1);
  });

  it.each(['forwards', 'backwards'] as const)('is the same after a rebuild %s', async (order) => {
    await world().claim(ADA2, 'uni', accountOf('2'));
    await merge(ADA, ADA2);
    await split(ADA);
    await merge(ADA2, ADA);
    await merge(BEN, ADA2);
    const shown = async () => [
      await mergesOf(BEN),
      await claimsOf(BEN),
      await Promise.all(PEOPLE.map((person) => same(person))),
    ];
    const before = await shown();
    await world().forgetReadModels();
    await world().readLog(order);
    expect(await shown()).toEqual(before);
  });

  it('is merged by whoever reads the log, should the request have died', async () => {
    const { homeAlias: alias } = await world().vault.createPerson('per_ada2');
    const data = { person: 'per_ada', merged: 'per_ada2', mergedAt: '2026-06-01T08:00:00.000Z' };
    await world().journal.append([
      { kind: 'people-merged', alias, data, stream: 'merge-per_ada2', version: 1 },
    ]);
    expect(await same('per_ada')).toEqual(['per_ada']);
    // Nor does another request make a circle of it.
    await merge(ADA2, ADA);
    expect(world().kinds()).toEqual(['people-merged']);
    await world().readLog();
    expect(await same('per_ada2')).toEqual(['per_ada', 'per_ada2']);
  });
});
