import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '#testing';
import { identity } from './index.js';
import { RunningIdentity } from './testing/running-identity.js';

const ADA = 'learner:per_ada';
const ADA2 = 'learner:per_ada2';
const BEN = 'learner:per_ben';
const PEOPLE = ['per_ada', 'per_ada2', 'per_ben'];

const accountOf = (name: string) => ({ account: { homePage: 'https://uni.example', name } });

describe('a learner who signed up more than once', () => {
  let database: Database;
  let world: RunningIdentity;

  beforeAll(async () => {
    database = await createDatabase(identity({ demo: false }).migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    world = await RunningIdentity.start(database.dataSource);
    for (const person of PEOPLE) await world.vault.createPerson(person);
  });
  afterEach(() => world.close());

  const code = async (who: string): Promise<string> =>
    (await world.ask(who, 'POST', '/v1/me/merge-codes')).json['code'];
  const enter = (who: string, given: string) =>
    world.ask(who, 'POST', '/v1/me/merges', { code: given });
  const merge = async (into: string, other: string) => enter(into, await code(other));
  const mergesOf = async (who: string): Promise<readonly { readonly id: string }[]> =>
    (await world.ask(who, 'GET', '/v1/me/merges')).json['data'];
  const split = async (who: string, id?: string) =>
    world.ask(who, 'DELETE', `/v1/me/merges/${id ?? (await mergesOf(who))[0]?.id}`);
  const claimsOf = async (who: string) =>
    (await world.ask(who, 'GET', '/v1/me/claims')).json['data'] as readonly {
      readonly id: string;
      readonly state: string;
    }[];
  const same = (person: string) => world.vault.samePerson(person);

  it('has one record once she enters, in one, the code of the other', async () => {
    await world.claim(ADA, 'uni', accountOf('1'));
    await world.claim(ADA2, 'uni', accountOf('2'));
    const { status, json } = await merge(ADA, ADA2);
    expect([status, json['data']]).toEqual([
      200,
      [{ id: expect.stringMatching(/^mrg_[a-z2-7]{26}$/u), mergedAt: '2026-06-01T08:00:00.000Z' }],
    ]);
    for (const who of [ADA, ADA2]) {
      expect(await claimsOf(who)).toHaveLength(2);
      expect(await mergesOf(who)).toEqual(json['data']);
    }
    expect(world.log.entries.at(-1)).toMatchObject({
      kind: 'people-merged',
      stream: 'merge-per_ada2',
      alias: (await world.vault.createPerson('per_ada2')).homeAlias,
    });
  });

  /** As whom the token of a new session acts. */
  const signIn = async (): Promise<string> => {
    const { json } = await world.ask('', 'POST', '/v1/demo/sign-in', { persona: 'learner' });
    const [, payload = ''] = String(json['access_token']).split('.');
    const { role, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return `${role}:${sub}`;
  };

  it('has the one record, whichever way she signs in', async () => {
    await world.claim(ADA, 'uni', accountOf('1'));
    await merge(ADA, await signIn());
    const session = await signIn();
    expect(await claimsOf(session)).toEqual(await claimsOf(ADA));
    const name = { givenName: 'Ada', familyName: 'Lind' };
    await world.ask(session, 'PUT', '/v1/me/profile', name);
    expect((await world.ask(ADA, 'GET', '/v1/me/profile')).json).toEqual(name);
  });

  it('ends with a split that who signed in meanwhile acts as the other', async () => {
    await world.claim(ADA, 'uni', accountOf('1'));
    await world.ask(ADA, 'PUT', '/v1/me/profile', { givenName: 'Ada', familyName: 'Lind' });
    const aliases = await world.vault.aliasesOf('per_ada');
    await merge(ADA, await signIn());
    const session = await signIn();
    await split(ADA);
    expect([await claimsOf(session), await mergesOf(session)]).toEqual([[], []]);
    expect((await world.ask(session, 'GET', '/v1/me/profile')).said).toBe('not-found');
    expect((await world.ask(session, 'DELETE', '/v1/me')).status).toBe(204);
    expect(await world.vault.aliasesOf('per_ada')).toEqual(aliases);
    expect(await world.vault.areErased(aliases)).toEqual([false, false]);
    expect(world.kinds().filter((kind) => kind === 'learner-erased')).toHaveLength(1);
  });

  it('undoes it: each has what was hers, and what she claimed meanwhile stays', async () => {
    await world.claim(ADA, 'uni', accountOf('1'));
    await world.claim(ADA2, 'uni', accountOf('2'));
    const before = [
      await world.vault.aliasesOf('per_ada'),
      await world.vault.aliasesOf('per_ada2'),
    ];
    await merge(ADA, ADA2);
    const { status, json } = await split(ADA);
    expect([status, json['url']]).toEqual([200, expect.stringContaining('/sign-in/')]);
    expect([
      await world.vault.aliasesOf('per_ada'),
      await world.vault.aliasesOf('per_ada2'),
    ]).toEqual(before);
    expect([await mergesOf(ADA), await mergesOf(ADA2)]).toEqual([[], []]);
    // The link leads to the record that stands for itself again.
    const link = String(json['url']).split('/').at(-1);
    const signedIn = await world.ask('', 'POST', '/v1/sign-in', { code: link });
    const [, payload = ''] = String(signedIn.json['access_token']).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      sub: 'per_ada2',
    });
  });

  it('gives up and takes up again what she had claimed as the other', async () => {
    await world.claim(ADA2, 'uni', accountOf('2'));
    await merge(ADA, ADA2);
    const [claim] = await claimsOf(ADA);
    const path = `/v1/me/claims/${claim?.id}`;
    expect((await world.ask(ADA, 'DELETE', path)).status).toBe(204);
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'released' }]);
    expect((await world.ask(ADA, 'POST', `${path}/restore`)).status).toBe(200);
    await split(ADA);
    expect([await claimsOf(ADA), await claimsOf(ADA2)]).toMatchObject([[], [{ state: 'claimed' }]]);
  });

  it('is one person for who claims: the account of the other is hers already', async () => {
    await world.claim(ADA2, 'uni', accountOf('2'));
    expect((await world.claim(ADA, 'uni', accountOf('2'))).said).toBe('account-claimed');
    await merge(ADA, ADA2);
    expect((await world.claim(ADA, 'uni', accountOf('2'))).status).toBe(201);
    expect(await claimsOf(ADA)).toHaveLength(1);
    expect((await world.claim(BEN, 'uni', accountOf('2'))).said).toBe('account-claimed');
    expect(world.kinds().filter((kind) => kind === 'alias-claimed')).toHaveLength(1);
  });

  it('cannot claim again, as either, with the code of an account that its provider took back', async () => {
    const learner = accountOf('2');
    const asked = await world.ask('provider:uni:uni', 'POST', '/v1/claim-codes', { learner });
    const claim = async (who: string) =>
      (await world.ask(who, 'POST', '/v1/me/claims', { code: asked.json['code'] })).said;
    expect(await claim(ADA2)).toBe(201);
    await merge(ADA, ADA2);
    // The same code again changes nothing, nor who has used it.
    expect(await claim(ADA)).toBe(201);
    const taken = await world.ask('provider:uni:uni', 'POST', '/v1/account-releases', { learner });
    expect(taken.json).toEqual({ released: true });
    for (const who of [ADA, ADA2]) expect(await claim(who)).toBe('claim-code-invalid');
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'released' }]);
  });

  it('leaves whoever used a code first its user, also after a split', async () => {
    const learner = accountOf('2');
    const asked = await world.ask('provider:uni:uni', 'POST', '/v1/claim-codes', { learner });
    const claim = async (who: string) =>
      (await world.ask(who, 'POST', '/v1/me/claims', { code: asked.json['code'] })).said;
    await claim(ADA2);
    await merge(ADA, ADA2);
    await claim(ADA);
    await split(ADA);
    expect([await claim(ADA2), await claim(ADA)]).toEqual([201, 'claim-code-invalid']);
  });

  it('shows an account once that was claimed as one, given up, and claimed as the other', async () => {
    await world.claim(ADA2, 'uni', accountOf('2'));
    const [claim] = await claimsOf(ADA2);
    await world.ask(ADA2, 'DELETE', `/v1/me/claims/${claim?.id}`);
    await merge(ADA, ADA2);
    await world.claim(ADA, 'uni', accountOf('2'));
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'claimed' }]);
  });

  it('merges twice without a change', async () => {
    const given = await code(ADA2);
    const first = await enter(ADA, given);
    expect((await enter(ADA, given)).json).toEqual(first.json);
    expect((await merge(ADA, ADA2)).json).toEqual(first.json);
    expect((await merge(ADA2, ADA)).json).toEqual(first.json);
    expect(world.kinds()).toEqual(['people-merged']);
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
    expect(world.kinds()).toEqual(['people-merged']);
    expect(await same('per_ada')).toHaveLength(2);
  });

  it('is merged with many at once, in a circle, and still goes by somebody', async () => {
    const codes = await Promise.all([ADA, ADA2, BEN].map(code));
    await Promise.all([
      enter(ADA, codes[1] ?? ''),
      enter(ADA2, codes[2] ?? ''),
      enter(BEN, codes[0] ?? ''),
    ]);
    expect(world.kinds()).toEqual(['people-merged', 'people-merged']);
    const all = await Promise.all(PEOPLE.map((person) => same(person)));
    expect(new Set(all.map((each) => each.join())).size).toBe(1);
  });

  it.each([
    ['a wrong code', async () => 'ABCD-EFGH-IJKL-MNOP'],
    [
      'a code for an account',
      async () => {
        const asked = { learner: accountOf('1') };
        return (await world.ask('provider:uni:uni', 'POST', '/v1/claim-codes', asked)).json['code'];
      },
    ],
    [
      'a code of an hour ago',
      async () => {
        const given = await code(ADA2);
        world.clock.set('2026-06-01T09:00:00.000Z');
        return given;
      },
    ],
  ] as [string, () => Promise<string>][])('does not merge with %s', async (_, make) => {
    expect((await enter(ADA, await make())).said).toBe('merge-code-invalid');
    expect(world.kinds()).toEqual([]);
  });

  it('does not merge with herself, nor with who was erased', async () => {
    expect((await merge(ADA, ADA)).said).toBe('merge-with-oneself');
    const given = await code(ADA2);
    await world.vault.destroy('per_ada2');
    expect((await enter(ADA, given)).said).toBe('not-found');
    expect(world.kinds()).toEqual([]);
  });

  it('uses a code once: somebody else who sees it comes too late', async () => {
    const given = await code(ADA2);
    await enter(ADA, given);
    expect((await enter(BEN, given)).said).toBe('merge-code-invalid');
    expect(await same('per_ben')).toEqual(['per_ben']);
  });

  it('cannot find a code by trying', async () => {
    for (let n = 0; n < 10; n += 1) await enter(ADA, 'ABCD-EFGH-IJKL-MNOP');
    expect((await merge(ADA, ADA2)).said).toBe('rate-limited');
  });

  it('is nobody else’s to part, nor twice', async () => {
    await merge(ADA, ADA2);
    const [{ id } = { id: '' }] = await mergesOf(ADA);
    expect((await split(BEN, id)).said).toBe('not-found');
    expect((await split(ADA, 'mrg_none')).said).toBe('not-found');
    expect((await split(ADA, id)).status).toBe(200);
    // Otherwise who was parted could get a link into the other record.
    for (const who of [ADA, ADA2]) expect((await split(who, id)).said).toBe('not-found');
  });

  it.each([
    ['POST', '/v1/me/merge-codes'],
    ['POST', '/v1/me/merges'],
    ['GET', '/v1/me/merges'],
    ['DELETE', '/v1/me/merges/mrg_x'],
  ])('is a learner: %s %s', async (method, url) => {
    const body = method === 'POST' ? { code: 'ABCD' } : undefined;
    for (const who of ['provider:uni:uni', 'officer:per_x:uni', 'admin:per_y'])
      expect((await world.ask(who, method, url, body)).said).toBe('not-allowed');
    expect((await world.ask('', method, url, body)).said).toBe('not-signed-in');
  });

  it('is erased as one, whichever way she came in', async () => {
    await world.claim(ADA2, 'uni', accountOf('2'));
    await merge(ADA, ADA2);
    const aliases = await world.vault.aliasesOf('per_ada');
    expect((await world.ask(ADA2, 'DELETE', '/v1/me')).status).toBe(204);
    expect(await world.vault.areErased(aliases)).toEqual(aliases.map(() => true));
    const erasures = world.log.entries.filter(({ kind }) => kind === 'learner-erased');
    expect(erasures.map(({ data }) => data)).toEqual([
      { person: 'per_ada', aliases },
      { person: 'per_ada2', aliases: [] },
    ]);
    await world.readLog();
    const left = await world.tryEverywhere(
      `select t::text as row from identity.merge t union all select t::text from identity.claim t
       union all select t::text from identity.merge_code t where person like 'per_ada%'`,
    );
    expect(left).toEqual([]);
  });

  /** What waits for its turn while `meanwhile` runs; it goes on after. */
  const held = async <T>(start: () => Promise<T>, meanwhile: () => Promise<unknown>) =>
    database.dataSource
      .transaction(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(hashtext('identity.merge'))`);
        const waiting = start();
        for (let waits = 0; waits === 0;) {
          const [row] = await tx.query<{ n: number }[]>(
            `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
             and database = (select oid from pg_database where datname = current_database())`,
          );
          waits = row?.n ?? 0;
        }
        await meanwhile();
        return { waiting };
      })
      .then(({ waiting }) => waiting);

  it.each([ADA, ADA2])('is not merged once %s was erased, however close', async (who) => {
    const given = await code(ADA2);
    const person = who.replace('learner:', '');
    const { said } = await held(
      () => enter(ADA, given),
      () => world.vault.destroy(person),
    );
    expect([said, world.kinds()]).toEqual(['not-found', []]);
  });

  it('is erased by who they are when it is their turn, not when they asked', async () => {
    const given = await code(ADA2);
    const asked: Promise<{ status: number }>[] = [];
    const merged = await held(
      () => enter(ADA, given),
      async () => {
        asked.push(world.ask(ADA2, 'DELETE', '/v1/me'));
        // An erasure that did not wait would be stated by now.
        await sleep(100);
        expect(world.kinds()).toEqual([]);
      },
    );
    expect([merged.status, (await asked[0])?.status]).toEqual([200, 204]);
    expect(world.kinds()).toEqual(['people-merged', 'learner-erased', 'learner-erased']);
    for (const person of ['per_ada', 'per_ada2'])
      expect(await world.vault.aliasesOf(person)).toEqual([]);
  });

  it('is not erased with whom they were merged with after that one’s erasure', async () => {
    const [aliases, others] = [
      await world.vault.aliasesOf('per_ada'),
      await world.vault.aliasesOf('per_ada2'),
    ];
    await world.journal.append([
      { kind: 'learner-erased', data: { person: 'per_ada', aliases: [...aliases] } },
    ]);
    await merge(ADA, ADA2);
    await world.readLog();
    expect(await world.vault.areErased([...aliases, ...others])).toEqual([true, false]);
    await split(ADA2);
    expect(await world.vault.aliasesOf('per_ada2')).toEqual(others);
  });

  it.each(['forwards', 'backwards'] as const)('is the same after a rebuild %s', async (order) => {
    await world.claim(ADA2, 'uni', accountOf('2'));
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
    await world.forgetReadModels();
    await world.readLog(order);
    expect(await shown()).toEqual(before);
  });

  it('is merged by whoever reads the log, should the request have died', async () => {
    const { homeAlias: alias } = await world.vault.createPerson('per_ada2');
    const data = { person: 'per_ada', merged: 'per_ada2', mergedAt: '2026-06-01T08:00:00.000Z' };
    await world.journal.append([
      { kind: 'people-merged', alias, data, stream: 'merge-per_ada2', version: 1 },
    ]);
    expect(await same('per_ada')).toEqual(['per_ada']);
    // Nor does another request make a circle of it.
    await merge(ADA2, ADA);
    expect(world.kinds()).toEqual(['people-merged']);
    await world.readLog();
    expect(await same('per_ada2')).toEqual(['per_ada', 'per_ada2']);
  });
});
