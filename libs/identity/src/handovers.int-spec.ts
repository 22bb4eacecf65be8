import { describe, expect, it } from '@jest/globals';
import { usingIdentity } from './testing/using-identity.js';

const UNI = 'provider:uni:uni';
const ADA = 'learner:per_ada';
const BEN = 'learner:per_ben';
const CHANGE = '2026-03-01T00:00:00.000Z';
const AT = Date.parse(CHANGE);
const learner = { account: { homePage: 'https://uni.example', name: 'u-204' } };
const mail = { mailHash: 'b'.repeat(40) };
/** The answer comes when every process knows. */
const PATIENCE_MS = 30_000;

describe('account names', () => {
  const world = usingIdentity('per_ada', 'per_ben');

  const handOver = (body: object = {}, who = UNI) =>
    world().ask(who, 'POST', '/v1/account-handovers', { learner, from: CHANGE, ...body });
  const holder = async (at?: number, provider = 'uni'): Promise<string> =>
    (await world().vault.aliasesFor([{ provider, identity: learner, at }]))[0] ?? '';
  const ownerAt = async (at?: number) => (await world().vault.personsOf([await holder(at)]))[0];
  const code = async (body: object = {}): Promise<string> =>
    (await world().ask(UNI, 'POST', '/v1/claim-codes', { learner, ...body })).json['code'];
  const enter = async (who: string, given: string) =>
    world().ask(who, 'POST', '/v1/me/claims', { code: given });

  it(
    'are given to another person: each has their own time',
    async () => {
      await enter(ADA, await code());
      const first = await holder();
      const elsewhere = await holder(undefined, 'mooc');
      expect((await handOver()).json).toEqual({ from: CHANGE, handedOver: true });
      expect([await holder(AT - 1), (await holder(AT)) === first]).toEqual([first, false]);
      expect([await ownerAt(AT - 1), await ownerAt()]).toEqual(['per_ada', undefined]);
      expect(await holder(undefined, 'mooc')).toBe(elsewhere);
      // A code is for who has it now, unless the provider says when.
      expect((await enter(BEN, await code())).status).toBe(201);
      expect([await ownerAt(AT - 1), await ownerAt()]).toEqual(['per_ada', 'per_ben']);
      expect((await enter(BEN, await code({ at: '2026-02-01T00:00:00Z' }))).said).toBe(
        'account-claimed',
      );
      // Taken back, too, is what they have now, or had then.
      const takeBack = (body: object) =>
        world().ask(UNI, 'POST', '/v1/account-releases', { learner, ...body });
      await takeBack({ at: '2026-02-01T00:00:00Z' });
      expect([await ownerAt(AT - 1), await ownerAt()]).toEqual([undefined, 'per_ben']);

      // Once more, and again: nothing changes.
      expect((await handOver()).json).toEqual({ from: CHANGE, handedOver: false });
      expect((await handOver({ from: '2026-03-01T01:00:00+01:00' })).json).toMatchObject({
        handedOver: false,
      });
      // At another time: an earlier one is refused, a later one is one more holder.
      expect((await handOver({ from: '2026-02-01T00:00:00Z' })).said).toBe('account-handed-over');
      expect((await handOver({ from: '2026-05-01T00:00:00Z' })).json).toMatchObject({
        handedOver: true,
      });
      const may = Date.parse('2026-05-01T00:00:00Z');
      expect(new Set([await holder(0), await holder(may - 1), await holder()]).size).toBe(3);
      expect(
        world()
          .kinds()
          .filter((kind) => kind === 'account-handed-over'),
      ).toHaveLength(2);
      expect(JSON.stringify(world().log.entries.map(({ data }) => data))).not.toContain('u-204');
    },
    PATIENCE_MS,
  );

  it('are handed over by whoever reads the log, should the request have died', async () => {
    const first = await holder();
    const next = `urn:lrn:${'a'.repeat(32)}`;
    await world().journal.append([
      {
        kind: 'account-handed-over',
        alias: first,
        provider: 'uni',
        data: { alias: first, next, provider: 'uni', from: CHANGE },
        stream: `alias-${first}`,
        version: 1,
      },
    ]);
    expect(await holder()).toBe(first);
    await world().readLog();
    await world().readLog();
    expect([await holder(), await holder(AT - 1)]).toEqual([next, first]);
  });

  it('are handed over by the request that comes again, should it have died', async () => {
    const first = await holder();
    const next = `urn:lrn:${'a'.repeat(32)}`;
    await world().journal.append([
      {
        kind: 'account-handed-over',
        alias: first,
        provider: 'uni',
        data: { alias: first, next, provider: 'uni', from: CHANGE },
        stream: `alias-${first}`,
        version: 1,
      },
    ]);
    expect((await handOver()).json).toEqual({ from: CHANGE, handedOver: false });
    expect(await holder()).toBe(next);
  });

  it.each<[string, string, object, string]>([
    ['in the future', 'invalid-input', { from: '2026-06-01T08:00:00.001Z' }, UNI],
    ['at no time', 'invalid-input', { from: 'yesterday' }, UNI],
    ['by an alias', 'invalid-input', { learner: { alias: `urn:lrn:${'a'.repeat(32)}` } }, UNI],
    ['by nothing', 'invalid-input', { learner: {} }, UNI],
    ['by a learner', 'not-allowed', {}, ADA],
    ['by an officer', 'not-allowed', {}, 'officer:per_x:uni'],
    ['by nobody', 'not-signed-in', {}, ''],
  ])('are not handed over %s', async (_, said, body, who) => {
    const first = await holder();
    expect((await handOver(body, who)).said).toBe(said);
    expect([await holder(), world().kinds()]).toEqual([first, []]);
  });

  it('that are one mail address at two providers are two accounts, and nobody’s', async () => {
    const [uni = '', mooc = ''] = await world().vault.aliasesFor(
      ['uni', 'mooc'].map((provider) => ({ provider, identity: mail })),
    );
    expect(uni).not.toBe(mooc);
    await enter(ADA, await code({ learner: mail }));
    expect(await world().vault.personsOf([uni, mooc])).toEqual(['per_ada', undefined]);
  });

  it('that share a mail address are each claimed by their own code', async () => {
    const [a, b] = ['205', '206'].map((name) => ({ account: { ...learner.account, name } }));
    const [codeA, codeB] = [await code({ learner: a }), await code({ learner: b })];
    expect([(await enter(ADA, codeA)).status, (await enter(BEN, codeB)).status]).toEqual([
      201, 201,
    ]);
    const aliases = await world().vault.aliasesFor(
      [a, b].map((each) => ({ provider: 'uni', identity: each ?? learner })),
    );
    expect(await world().vault.personsOf(aliases)).toEqual(['per_ada', 'per_ben']);
    // Whose the shared address itself is, the first to bring a code has; the other is told.
    await enter(ADA, await code({ learner: mail }));
    expect((await enter(BEN, await code({ learner: mail }))).said).toBe('account-claimed');
  });

  it('may be four of one person, at one provider or several', async () => {
    for (const name of ['1', '2', '3'])
      await enter(ADA, await code({ learner: { account: { ...learner.account, name } } }));
    await world().claim(ADA, 'mooc', learner);
    expect((await world().ask(ADA, 'GET', '/v1/me/claims')).json['data']).toHaveLength(4);
    expect(await world().vault.aliasesOf('per_ada')).toHaveLength(5);
  });
});
