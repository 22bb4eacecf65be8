import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createDatabase,
  type Database,
  fixedClock,
  type FixedClock,
  InMemoryLog,
  inMemoryVault,
  serve,
} from '#testing';
import { SealingJournal } from '#log';
import type { Vault } from '#vault';
import { identity } from './index.js';
import { IdentityProjection } from './identity.projection.js';

const UNI = 'provider:uni:uni';
const MOOC = 'provider:mooc:mooc';
const ADA = 'learner:per_ada';
const BEN = 'learner:per_ben';
const learner = { account: { homePage: 'https://uni.example', name: '204' } };

interface Claimed {
  readonly id: string;
  readonly state: string;
  readonly provider: string;
  readonly restorableUntil?: string;
}

describe('the accounts of a person', () => {
  const context = identity({ demo: false });
  let database: Database;
  let clock: FixedClock;
  let vault: Vault;
  let log: InMemoryLog;
  let app: NestFastifyApplication;
  let alias: string;

  beforeAll(async () => {
    database = await createDatabase(context.migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    clock = fixedClock('2026-06-01T08:00:00.000Z');
    vault = inMemoryVault();
    log = new InMemoryLog();
    for (const table of ['claim', 'claim_code'])
      await database.dataSource.query(`truncate identity.${table}`);
    const journal = new SealingJournal(log, vault, clock);
    app = await serve(context, { db: database.dataSource, clock, vault, journal, log });
    for (const person of ['per_ada', 'per_ben']) await vault.createPerson(person);
    [alias = ''] = await vault.aliasesFor([{ provider: 'uni', identity: learner }]);
  });
  afterEach(() => app.close());

  const ask = async (
    who: string,
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: object,
  ) => {
    const response = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${who}` },
      ...(body ? { payload: body } : {}),
    });
    const text = response.body;
    const json = (text === '' ? {} : JSON.parse(text)) as Record<string, any>;
    return { status: response.statusCode, json, said: json['code'] ?? response.statusCode };
  };
  const code = async (): Promise<string> =>
    (await ask(UNI, 'POST', '/v1/claim-codes', { learner })).json['code'];
  const claim = async (who: string, given?: string) =>
    ask(who, 'POST', '/v1/me/claims', { code: given ?? (await code()) });
  const claimsOf = async (who: string): Promise<readonly Claimed[]> =>
    (await ask(who, 'GET', '/v1/me/claims')).json['data'];
  const idOf = async (who: string): Promise<string> => (await claimsOf(who))[0]?.id ?? '';
  const release = (who: string, id: string) => ask(who, 'DELETE', `/v1/me/claims/${id}`);
  const restore = (who: string, id: string) => ask(who, 'POST', `/v1/me/claims/${id}/restore`);
  const takeBack = (who = UNI) => ask(who, 'POST', '/v1/account-releases', { learner });
  const kinds = () => log.entries.map(({ kind }) => kind);
  /** As the transport does, from the beginning. */
  const readLog = () =>
    database.dataSource.transaction((tx) => app.get(IdentityProjection).handle(log.entries, tx));

  it('are claimed by code, once, and shown without what they are called here', async () => {
    const given = await code();
    const { status, json } = await claim(ADA, given);
    expect([status, json]).toEqual([
      201,
      {
        id: expect.stringMatching(/^clm_[a-z2-7]{26}$/u),
        provider: 'uni',
        providerName: 'uni',
        claimedAt: '2026-06-01T08:00:00.000Z',
        state: 'claimed',
      },
    ]);
    expect((await claim(ADA, given)).json).toEqual(json);
    expect(await claimsOf(ADA)).toEqual([json]);
    expect(kinds()).toEqual(['alias-claimed']);
    expect(log.entries[0]).toMatchObject({ alias, stream: `alias-${alias}`, version: 1 });
    expect(JSON.stringify(json)).not.toContain('urn:lrn:');
    expect(await vault.personsOf([alias])).toEqual(['per_ada']);
  });

  it('are given up and taken up again, and repeating either changes nothing', async () => {
    await claim(ADA);
    const id = await idOf(ADA);
    for (const _ of ['once', 'again']) expect((await release(ADA, id)).status).toBe(204);
    expect(await vault.personsOf([alias])).toEqual([undefined]);
    expect(await claimsOf(ADA)).toMatchObject([
      { id, state: 'released', restorableUntil: '2026-07-01T08:00:00.000Z' },
    ]);
    for (const _ of ['once', 'again'])
      expect(await restore(ADA, id)).toMatchObject({ status: 200, json: { id, state: 'claimed' } });
    expect(await vault.personsOf([alias])).toEqual(['per_ada']);
    expect(kinds()).toEqual(['alias-claimed', 'alias-released', 'alias-claimed']);
  });

  it('belong to one person: another is told so, and what helps', async () => {
    await claim(ADA);
    const given = await code();
    expect((await claim(BEN, given)).said).toBe('account-claimed');
    expect(await vault.personsOf([alias])).toEqual(['per_ada']);
    expect((await takeBack()).json).toEqual({ released: true });
    expect((await claim(BEN, given)).status).toBe(201);
    expect(await vault.personsOf([alias])).toEqual(['per_ben']);
  });

  it('are claimed by one of two who try at once', async () => {
    const codes = [await code(), await code()];
    const answers = await Promise.all([claim(ADA, codes[0]), claim(BEN, codes[1])]);
    expect(new Set(answers.map(({ said }) => said))).toEqual(new Set([201, 'account-claimed']));
    const winner = answers[0]?.status === 201 ? 'per_ada' : 'per_ben';
    expect(await vault.personsOf([alias])).toEqual([winner]);
    expect(kinds()).toEqual(['alias-claimed']);
  });

  it('that a provider took back stay with it: no undo, and the old code is void', async () => {
    const given = await code();
    await claim(ADA, given);
    const id = await idOf(ADA);
    expect((await takeBack()).json).toEqual({ released: true });
    expect((await takeBack()).json).toEqual({ released: false });
    expect((await restore(ADA, id)).said).toBe('account-not-restorable');
    expect((await claim(ADA, given)).said).toBe('claim-code-invalid');
    expect(await claimsOf(ADA)).toEqual([expect.not.objectContaining({ restorableUntil: '' })]);
    expect((await claimsOf(ADA))[0]).not.toHaveProperty('restorableUntil');
  });

  it('that a provider took back once they were given up are not restored, nor claimed by the old code', async () => {
    const given = await code();
    await claim(ADA, given);
    const id = await idOf(ADA);
    await release(ADA, id);
    // Nobody had them any more, and that is said; what rests on them was withdrawn before.
    for (const _ of ['once', 'again']) expect((await takeBack()).json).toEqual({ released: false });
    expect(kinds()).toEqual(['alias-claimed', 'alias-released', 'account-taken-back']);
    expect((await restore(ADA, id)).said).toBe('account-not-restorable');
    expect((await claim(ADA, given)).said).toBe('claim-code-invalid');
    expect((await claimsOf(ADA))[0]).not.toHaveProperty('restorableUntil');
    const before = await claimsOf(ADA);
    await readLog();
    expect(await claimsOf(ADA)).toEqual(before);
    await database.dataSource.query('truncate identity.claim');
    await readLog();
    expect(await claimsOf(ADA)).toEqual(before);
    expect((await claim(ADA)).status).toBe(201);
    expect(await vault.personsOf([alias])).toEqual(['per_ada']);
    await readLog();
    expect(await claimsOf(ADA)).toMatchObject([{ id, state: 'claimed' }]);
  });

  it('cannot be restored when somebody else has them, or after 30 days', async () => {
    await claim(ADA);
    const id = await idOf(ADA);
    await release(ADA, id);
    clock.set('2026-07-01T08:00:00.001Z');
    expect((await restore(ADA, id)).said).toBe('account-not-restorable');
    await claim(BEN);
    expect((await restore(ADA, id)).said).toBe('account-claimed');
    expect((await release(ADA, id)).said).toBe('not-found');
    expect(await vault.personsOf([alias])).toEqual(['per_ben']);
  });

  it('are nobody else’s to give up, restore or take back', async () => {
    await claim(ADA);
    const id = await idOf(ADA);
    for (const answer of [
      await release(BEN, id),
      await restore(BEN, id),
      await release(ADA, 'clm_none'),
    ])
      expect(answer.said).toBe('not-found');
    for (const who of [ADA, 'officer:per_x:uni'])
      expect((await takeBack(who)).said).toBe('not-allowed');
    for (const who of [UNI, 'officer:per_x:uni'])
      expect((await release(who, id)).said).toBe('not-allowed');
    // Another provider means another account by the same name.
    expect((await takeBack(MOOC)).json).toEqual({ released: false });
    expect(await vault.personsOf([alias])).toEqual(['per_ada']);
  });

  it('cannot be claimed by somebody who was erased', async () => {
    await vault.destroy('per_ada');
    expect((await claim(ADA)).said).toBe('not-found');
    expect(kinds()).toEqual([]);
  });

  it('come to the same when the log is read from the beginning, also while it is', async () => {
    await claim(ADA);
    await release(ADA, await idOf(ADA));
    await claim(BEN);
    const before = [await claimsOf(ADA), await claimsOf(BEN)];
    await readLog();
    await readLog();
    expect([await claimsOf(ADA), await claimsOf(BEN)]).toEqual(before);
    await database.dataSource.query('truncate identity.claim');
    for (const entry of log.entries) {
      await database.dataSource.transaction((tx) =>
        app.get(IdentityProjection).handle([entry], tx),
      );
      expect(await vault.personsOf([alias])).toEqual(['per_ben']);
    }
    expect([await claimsOf(ADA), await claimsOf(BEN)]).toEqual(before);
  });

  it('are carried out by whoever reads the log, should the request have died', async () => {
    const data = { person: 'per_ada', alias, provider: 'uni' };
    const journal = new SealingJournal(log, vault, clock);
    await journal.append([
      { kind: 'alias-claimed', alias, data, stream: `alias-${alias}`, version: 1 },
    ]);
    expect(await vault.personsOf([alias])).toEqual([undefined]);
    await readLog();
    expect(await vault.personsOf([alias])).toEqual(['per_ada']);
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'claimed' }]);
  });
});
