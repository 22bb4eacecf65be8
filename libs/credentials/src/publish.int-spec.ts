import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { createDatabase, type Database, fixedClock, InMemoryLog, inMemoryVault } from '#testing';
import { readStatus } from '#vc';
import { credentials } from './index.js';
import { ManageController } from './manage.controller.js';
import { StatusLists } from './status-lists.js';
import { clientOf, earning, World } from './testing/world.js';

let database: Database;
let world: World;
let alias: string;

beforeAll(async () => {
  database = await createDatabase(credentials.migrations);
});
afterAll(() => database.close());

beforeEach(async () => {
  for (const table of [
    'issuer_key',
    'status_allocation',
    'revocation',
    'client',
    'issued',
    'erased',
  ])
    await database.dataSource.query(`truncate credentials.${table}`);
  world = await new World({
    db: database.dataSource,
    clock: fixedClock('2026-06-12T10:00:00.000Z'),
    vault: inMemoryVault(),
    log: new InMemoryLog(),
  }).start();
  await world.say({ kind: 'client-registered', data: clientOf('aurora', 'Aurora University') });
  alias = await world.newAlias();
  await world.vault.createPerson('per_a');
  await world.vault.link('per_a', alias, 1);
});

const aurora = { id: 'aurora', role: 'provider' } as const;
const coral = { id: 'coral', role: 'provider' } as const;
const earn = async (...earnedIds: readonly string[]) => {
  for (const earnedId of earnedIds) {
    world.clock.set(new Date(world.clock.now().getTime() + 1000).toISOString());
    await world.say({
      kind: 'achievement-earned',
      data: { earnedId },
      personal: earning({ name: `Title ${earnedId}` }),
      alias,
    });
  }
  await world.carry();
};
const list = (actor: typeof aurora | typeof coral = aurora, cursor?: string) =>
  world.get(ManageController).list(actor, cursor);
const revoke = (id: string, actor: typeof aurora | typeof coral = aurora) =>
  world.get(ManageController).revoke(actor, id, { reason: 'A mistake' });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

describe('an issuer’s credentials', () => {
  it('are its own only, newest first', async () => {
    await earn('ach_a', 'ach_b');
    expect((await list()).data.map(({ title, state }) => [title, state])).toEqual([
      ['Title ach_b', 'valid'],
      ['Title ach_a', 'valid'],
    ]);
    expect((await list(coral)).data).toEqual([]);
  });

  it('come page by page, none missing, none twice', async () => {
    await earn(...Array.from({ length: 60 }, (_, n) => `ach_${n}`));
    const first = await list();
    const second = await list(aurora, first.nextCursor ?? '');
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([50, 10, null]);
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(60);
  });

  it.each(['x', 'W10', Buffer.from('["now","a"]').toString('base64url')])(
    'cannot be read from a cursor that is not ours: %s',
    async (cursor) => expect(await codeOf(list(aurora, cursor))).toBe('invalid-input'),
  );

  it('are gone with the learner, whichever topic comes first', async () => {
    await earn('ach_a');
    const person = { person: 'per_a', aliases: [alias] };
    await world.vault.destroy('per_a');
    expect((await list()).data).toEqual([]);
    await world.say({ kind: 'learner-erased', data: person });
    await world.carry();
    expect(await rows()).toBe(0);
    await world.rebuild();
    expect(await rows()).toBe(0);
  });

  const rows = async () =>
    (await database.dataSource.query('select * from credentials.issued')).length;
});

describe('revoking', () => {
  it('is done once, by the issuer', async () => {
    await earn('ach_a');
    const id = (await list()).data[0]?.id ?? '';
    expect(await codeOf(revoke(id, coral))).toBe('credential-unknown');
    expect(await codeOf(revoke('crd_nothing'))).toBe('credential-unknown');
    expect(await revoke(id)).toEqual({ id, revokedAt: world.clock.now().toISOString() });
    expect(await codeOf(revoke(id))).toBe('already-revoked');
    await world.carry();
    expect((await list()).data[0]).toMatchObject({
      state: 'withdrawn',
      revokedAt: world.clock.now().toISOString(),
    });
  });
});

describe('a published status list', () => {
  const statusOf = async (index: number) => {
    const { body } = await world.get(StatusLists).publish('aurora.1');
    return readStatus(JSON.parse(body).credentialSubject.encodedList, index);
  };
  const indexOf = (n: number) => world.facts('credential-issued')[n]?.statusListIndex ?? -1;

  it('shows a revocation at once, before any projection has run, and only that', async () => {
    await earn('ach_a', 'ach_b');
    expect(await statusOf(indexOf(0))).toBe(false);
    await revoke(world.facts('credential-issued')[0]?.credentialId ?? '');
    expect(await statusOf(indexOf(0))).toBe(true);
    expect(await statusOf(indexOf(1))).toBe(false);
  });

  it('never forgets a revocation, not even while a rebuild runs', async () => {
    await earn('ach_a');
    await revoke(world.facts('credential-issued')[0]?.credentialId ?? '');
    await world.restart();
    await database.dataSource.query('truncate credentials.issued, credentials.client');
    expect(await statusOf(indexOf(0))).toBe(true);
  });

  it('is kept until a bit changes or an hour has passed', async () => {
    await earn('ach_a');
    const etag = async () => (await world.get(StatusLists).publish('aurora.1')).etag;
    const first = await etag();
    expect(await etag()).toBe(first);
    world.clock.set(new Date(world.clock.now().getTime() + 3_600_000).toISOString());
    const later = await etag();
    expect(later).not.toBe(first);
    await revoke(world.facts('credential-issued')[0]?.credentialId ?? '');
    expect(await etag()).not.toBe(later);
  });

  it.each(['aurora.2', 'coral.1', 'aurora', '', '../x'])('does not exist: %s', async (id) => {
    await earn('ach_a');
    expect(await codeOf(world.get(StatusLists).publish(id))).toBe('not-found');
  });
});
