import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Timeline, WalletCredentials } from '#contracts';
import { createDatabase, type Database, FixedClock, InMemoryLog, inMemoryVault } from '#testing';
import type { Vault } from '#vault';
import { wallet } from './index.js';
import { World } from './testing/world.js';

const ME = 'learner:per_a';

describe('the wallet', () => {
  let database: Database;
  let vault: Vault;
  let log: InMemoryLog;
  let world: World;
  let home: string;
  let uni: string;

  beforeAll(async () => {
    database = await createDatabase(wallet.migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    vault = inMemoryVault();
    log = new InMemoryLog();
    const clock = new FixedClock('2026-06-01T08:00:00.000Z');
    world = await World.create({ db: database.dataSource, vault, log, clock });
    ({ homeAlias: home } = await vault.createPerson('per_a'));
    await vault.createPerson('per_b');
    const identity = { account: { homePage: 'https://uni.example', name: 'amina' } };
    [uni = ''] = await vault.aliasesFor([{ provider: 'uni', identity }]);
    await vault.link('per_a', uni, 1);
  });
  afterEach(() => world.app.close());

  const titles = async (query = '', token = ME): Promise<readonly string[]> => {
    const { body } = await world.ask(token, 'GET', `/v1/me/timeline${query}`);
    return Timeline.parse(body).data.map(({ title }) => title);
  };

  describe('timeline', () => {
    it('joins the learner’s accounts, newest first, and shows nobody else’s', async () => {
      await world.learned(uni, 'two', '2026-05-02T00:00:00Z');
      await world.learned(home, 'three', '2026-05-03T00:00:00Z', {}, 'self');
      await world.learned(uni, 'one', '2026-05-01T00:00:00Z');
      await world.registered('uni', 'Aurora');
      await world.carry();
      const { body } = await world.ask(ME, 'GET', '/v1/me/timeline');
      expect(body.data).toMatchObject([
        { title: 'three', provider: { id: 'self', name: 'Self-reported' } },
        { title: 'two', provider: { id: 'uni', name: 'Aurora' }, voided: false },
        { title: 'one', time: '2026-05-01T00:00:00.000Z' },
      ]);
      expect(body.nextCursor).toBeNull();
      expect(await titles('', 'learner:per_b')).toEqual([]);
      expect(await titles('', 'learner:per_nobody')).toEqual([]);
    });

    it('is read page by page, without gap or repetition, also at one moment', async () => {
      const all: string[] = [];
      for (let n = 0; n < 25; n += 1)
        await world.learned(uni, `e${n}`, `2026-05-${10 + Math.floor(n / 10)}T00:00:00Z`);
      await world.carry();
      let cursor = '';
      for (let page = 0; page < 4; page += 1) {
        const { body } = await world.ask(ME, 'GET', `/v1/me/timeline?limit=7${cursor}`);
        all.push(...body.data.map(({ title }: { title: string }) => title));
        if (page === 1) await world.learned(uni, 'late', '2026-05-31T00:00:00Z');
        if (page === 1) await world.carry();
        expect(body.nextCursor === null).toBe(page === 3);
        cursor = `&cursor=${body.nextCursor}`;
      }
      expect(all).toHaveLength(25);
      expect(new Set(all).size).toBe(25);
      expect(all.slice(0, 5).toSorted()).toEqual(['e20', 'e21', 'e22', 'e23', 'e24']);
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=W10', 'cursor=WzEsMl0'])(
      'refuses ?%s',
      async (query) => {
        const { status, body } = await world.ask(ME, 'GET', `/v1/me/timeline?${query}`);
        expect([status, body.code]).toEqual([400, 'invalid-input']);
      },
    );

    it('marks what its provider corrected, as long as a correction stands', async () => {
      await world.learned(uni, 'three', '2026-05-03T00:00:00Z', {}, 'uni', 'two');
      await world.learned(uni, 'two', '2026-05-02T00:00:00Z', {}, 'uni', 'one');
      await world.learned(uni, 'one', '2026-05-01T00:00:00Z');
      await world.learned(uni, 'foreign', '2026-04-01T00:00:00Z', {}, 'mooc', 'three');
      await world.carry();
      const superseded = async () => {
        const { body } = await world.ask(ME, 'GET', '/v1/me/timeline');
        const marked = body.data.filter((item: { superseded: boolean }) => item.superseded);
        return marked.map(({ title }: { title: string }) => title);
      };
      expect(await superseded()).toEqual(['two', 'one']);
      await world.voided('two');
      await world.carry();
      expect(await superseded()).toEqual(['two', 'one']);
      await world.voided('three');
      await world.carry();
      expect(await superseded()).toEqual([]);
    });

    it('marks what its provider voided, whichever came first', async () => {
      await world.voided('one');
      await world.learned(uni, 'one', '2026-05-01T00:00:00Z');
      await world.learned(uni, 'two', '2026-05-02T00:00:00Z');
      await world.voided('two', 'mooc');
      for (const entry of log.entries) await world.handle([entry]);
      const { body } = await world.ask(ME, 'GET', '/v1/me/timeline');
      expect(body.data).toMatchObject([
        { title: 'two', voided: false },
        { title: 'one', voided: true },
      ]);
    });

    it('speaks the reader’s language where the event does', async () => {
      const name = { en: 'Nursing', de: 'Pflege' };
      const activity = { id: 'https://uni.example/x', type: 'course', name };
      await world.learned(uni, 'one', '2026-05-01T00:00:00Z', { activity });
      await world.carry();
      const inGerman = await world.ask(ME, 'GET', '/v1/me/timeline', undefined, {
        'accept-language': 'de-CH, en;q=0.5',
      });
      expect(inGerman.body.data[0].title).toBe('Pflege');
    });
  });

  describe('credentials', () => {
    it('show their state now, newest first', async () => {
      await world.issued(uni, 'crd_old', { validFrom: '2026-01-01T00:00:00Z' });
      await world.issued(uni, 'crd_expired', { validUntil: '2026-06-01T08:00:00Z' });
      await world.issued(home, 'crd_both', {
        validFrom: '2026-05-02T00:00:00Z',
        validUntil: '2026-05-03T00:00:00Z',
      });
      await world.revoked(home, 'crd_both');
      await world.revoked(home, 'crd_unknown');
      await world.registered('uni', 'Aurora');
      for (const entry of log.entries.toReversed()) await world.handle([entry]);
      const { body } = await world.ask(ME, 'GET', '/v1/me/credentials');
      expect(WalletCredentials.parse(body)).toEqual(body);
      expect(body.data).toMatchObject([
        {
          id: 'crd_both',
          state: 'withdrawn',
          withdrawnAt: '2026-05-20T00:00:00.000Z',
          withdrawnReason: 'Recorded in error',
        },
        { id: 'crd_expired', state: 'expired', validUntil: '2026-06-01T08:00:00.000Z' },
        {
          id: 'crd_old',
          state: 'valid',
          title: 'crd_old',
          issuer: { id: 'uni', name: 'Aurora' },
          issuedAt: '2026-01-01T00:00:00.000Z',
          credit: { system: 'ECTS', value: 6 },
        },
      ]);
      expect(body.data[2]).not.toHaveProperty('withdrawnAt');
    });

    it('are handed out as they were signed, to their learner only', async () => {
      const signed = { proof: { type: 'DataIntegrityProof', proofValue: 'z1' }, ü: '✓' };
      await world.issued(uni, 'crd_1', signed);
      await world.carry();
      const { status, headers, body } = await world.ask(ME, 'GET', '/v1/me/credentials/crd_1');
      expect([status, headers['content-type']]).toEqual([200, 'application/vc']);
      expect(body).toMatchObject(signed);
      for (const [token, id, expected] of [
        ['learner:per_b', 'crd_1', 404],
        [ME, 'crd_2', 404],
        ['provider:uni', 'crd_1', 403],
        [undefined, 'crd_1', 401],
      ] as const)
        expect((await world.ask(token, 'GET', `/v1/me/credentials/${id}`)).status).toBe(expected);
    });
  });

  it('keeps nothing personal in plain text', async () => {
    await world.learned(uni, 'one', '2026-05-01T00:00:00Z');
    await world.issued(uni, 'crd_1', { credentialSubject: { achievement: { name: 'Nursing' } } });
    await world.carry();
    for (const table of ['event', 'credential']) {
      const rows = await database.dataSource.query<unknown[]>(
        `select t::text from wallet.${table} t`,
      );
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toMatch(/example|Nursing|ECTS|passed/u);
    }
  });

  it('holds nothing of who was erased, before and after a rebuild in any order', async () => {
    await world.learned(uni, 'one', '2026-05-01T00:00:00Z');
    await world.voided('one');
    await world.issued(uni, 'crd_1');
    await world.revoked(uni, 'crd_1');
    await world.state<'share-created'>({
      kind: 'share-created',
      alias: home,
      data: { shareId: 'shr_1', until: '2027-01-01T00:00:00Z' },
      personal: { credentialIds: ['crd_1'] },
    });
    await world.carry();
    const left = async (): Promise<number> => {
      const tables = ['event', 'voided', 'credential', 'revoked', 'share'];
      const counts = await Promise.all(
        tables.map((table) => database.dataSource.query<unknown[]>(`select from wallet.${table}`)),
      );
      return counts.flat().length;
    };
    expect(await left()).toBe(5);
    await world.erase('per_a');
    await world.carry();
    expect(await left()).toBe(0);
    await world.rebuild();
    for (const entry of log.entries.toReversed()) await world.handle([entry]);
    // The void, which names nobody: what it voids is not there any longer.
    expect(await left()).toBe(1);
    expect(await titles()).toEqual([]);
  });
});
