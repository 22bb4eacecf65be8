import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Share, SharedCredentials } from '#contracts';
import { createDatabase, type Database, FixedClock, InMemoryLog, inMemoryVault } from '#testing';
import type { Vault } from '#vault';
import { wallet } from './index.js';
import { World } from './testing/world.js';

const ME = 'learner:per_a';
const OTHER = 'learner:per_b';
const UNTIL = '2026-07-01T00:00:00.000Z';

describe('shares', () => {
  let database: Database;
  let clock: FixedClock;
  let log: InMemoryLog;
  let world: World;
  let home: string;
  let vault: Vault;

  beforeAll(async () => {
    database = await createDatabase(wallet.migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    vault = inMemoryVault();
    log = new InMemoryLog();
    clock = new FixedClock('2026-06-01T08:00:00.000Z');
    world = await World.create({ db: database.dataSource, vault, log, clock });
    ({ homeAlias: home } = await vault.createPerson('per_a'));
    await vault.createPerson('per_b');
    await world.issued(home, 'crd_1');
    await world.issued(home, 'crd_2');
    await world.carry();
  });
  afterEach(() => world.app.close());

  const post = (body: object, token: string | undefined = ME) =>
    world.carrying(world.ask(token, 'POST', '/v1/shares', body));
  const make = async (credentialIds = ['crd_2', 'crd_1']): Promise<string> => {
    const { status, body } = await post({ credentialIds, until: UNTIL });
    expect([status, Share.parse(body)]).toEqual([201, body]);
    return body.id;
  };
  const open = (id: string) => world.ask(undefined, 'GET', `/v1/shares/${id}`);
  const list = async (token = ME) => (await world.ask(token, 'GET', '/v1/me/shares')).body.data;

  it('are made, found in the list at once, and show what was chosen', async () => {
    const id = await make();
    expect(id).toMatch(/^shr_[a-z2-7]{26}$/u);
    expect(await list()).toEqual([
      {
        id,
        url: `https://ledger.example/v/${id}`,
        until: UNTIL,
        createdAt: '2026-06-01T08:00:00.000Z',
        state: 'open',
        credentialIds: ['crd_2', 'crd_1'],
        views: 0,
      },
    ]);
    const { status, headers, body } = await open(id);
    expect([status, SharedCredentials.parse(body)]).toEqual([200, body]);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    const names = body.credentials.map(
      ({ credentialSubject }: { credentialSubject: { achievement: { name: string } } }) =>
        credentialSubject.achievement.name,
    );
    expect(names).toEqual(['crd_2', 'crd_1']);
    expect(JSON.stringify(body)).not.toContain('urn:lrn:');
  });

  it('show nothing of an account that was given up since, though it is issued to another', async () => {
    const [account = ''] = await vault.aliasesFor([
      { provider: 'uni', identity: { account: { homePage: 'https://uni.example', name: '7' } } },
    ]);
    await vault.link('per_a', account, 1);
    await world.issued(account, 'crd_lent');
    await world.carry();
    const id = await make(['crd_1', 'crd_lent']);
    expect((await open(id)).body.credentials).toHaveLength(2);
    await vault.unlink(account, 2);
    await vault.link('per_b', account, 3);
    const { body } = await open(id);
    expect(body.credentials).toHaveLength(1);
    expect(body.credentials[0].credentialSubject.achievement.name).toBe('crd_1');
  });

  it('count their views', async () => {
    const id = await make();
    await Promise.all([open(id), open(id), open(id)]);
    expect((await list())[0].views).toBe(3);
  });

  it.each([
    [{ credentialIds: ['crd_1'], until: '2026-06-01T08:00:00Z' }, 422, 'share-date-past'],
    [{ credentialIds: ['crd_1', 'crd_nobody'], until: UNTIL }, 404, 'credential-not-yours'],
    [{ credentialIds: [], until: UNTIL }, 400, 'invalid-input'],
    [{ credentialIds: ['crd_1'], until: '1 July' }, 400, 'invalid-input'],
    [{ credentialIds: ['crd_1'], until: UNTIL, name: 'Amina' }, 400, 'invalid-input'],
    [{ credentialIds: ['crd_1'] }, 400, 'invalid-input'],
  ])('are refused for %j', async (body, status, code) => {
    const before = log.entries.length;
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(log.entries).toHaveLength(before);
  });

  it('are for learners, of their own credentials', async () => {
    const body = { credentialIds: ['crd_1'], until: UNTIL };
    for (const [token, status] of [
      [OTHER, 404],
      ['learner:per_nobody', 404],
      ['provider:uni', 403],
    ] as const)
      expect((await post(body, token)).status).toBe(status);
    expect((await world.ask(undefined, 'POST', '/v1/shares', body)).status).toBe(401);
    expect((await world.ask(undefined, 'GET', '/v1/me/shares')).status).toBe(401);
  });

  it('stop at once when told to, once', async () => {
    const id = await make();
    expect((await world.ask(OTHER, 'DELETE', `/v1/shares/${id}`)).status).toBe(404);
    expect((await world.ask(undefined, 'DELETE', `/v1/shares/${id}`)).status).toBe(401);
    expect((await open(id)).status).toBe(200);
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await world.ask(ME, 'DELETE', `/v1/shares/${id}`);
      expect([status, body]).toEqual([204, undefined]);
    }
    const answer = await open(id);
    expect([answer.status, answer.body.code]).toEqual([410, 'share-stopped']);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect((await list())[0]).toMatchObject({ state: 'stopped', views: 1 });
    expect(log.entries.filter(({ kind }) => kind === 'share-stopped')).toHaveLength(1);
    expect((await world.ask(ME, 'DELETE', '/v1/shares/shr_x')).status).toBe(404);
  });

  it('end by their date', async () => {
    const id = await make();
    clock.set('2026-06-30T23:59:59.999Z');
    expect((await open(id)).status).toBe(200);
    clock.set(UNTIL);
    expect((await open(id)).body.code).toBe('share-stopped');
    expect((await list())[0]).toMatchObject({ state: 'ended' });
  });

  it('are not there for who guesses', async () => {
    for (const id of ['shr_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'crd_1', '%20', "'--"])
      expect((await open(id)).body.code).toBe('not-found');
  });

  it('still show a credential that was withdrawn: the check says so', async () => {
    const id = await make(['crd_1']);
    await world.revoked(home, 'crd_1');
    await world.carry();
    expect((await open(id)).body.credentials).toHaveLength(1);
  });

  it('keep their views through a rebuild', async () => {
    const id = await make();
    await open(id);
    await world.rebuild();
    expect(await list()).toEqual([]);
    await world.carry();
    expect(await list()).toMatchObject([{ id, views: 1, state: 'open' }]);
  });

  it('are gone with their learner, and so are their views', async () => {
    const id = await make();
    await open(id);
    await world.erase('per_a');
    expect((await open(id)).body.code).toBe('not-found');
    await world.carry();
    expect((await open(id)).body.code).toBe('not-found');
    expect(await list()).toEqual([]);
    expect(await database.dataSource.query('select from wallet.share_view')).toHaveLength(0);
  });
});
