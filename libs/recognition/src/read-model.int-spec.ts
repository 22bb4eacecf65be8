import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Journal, SealingJournal } from '#log';
import { createDatabase, type Database, FixedClock, InMemoryLog, inMemoryVault } from '#testing';
import type { Vault } from '#vault';
import { recognition } from './index.js';
import {
  ask,
  badge,
  LEARNER,
  negative,
  NOW,
  OFFICER,
  OTHER,
  positive,
  PURPOSE,
  World,
} from './testing/world.js';

describe('what recognition reads from', () => {
  const stateOf = async (id: string) =>
    (await world.send(OFFICER, 'GET', `/${id}`)).body.credentials[0]?.state;
  let database: Database;
  let world: World;
  let vault: Vault;
  let journal: Journal;
  const clock = new FixedClock(NOW);
  beforeAll(async () => {
    database = await createDatabase(recognition.migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    clock.set(NOW);
    vault = inMemoryVault();
    const log = new InMemoryLog();
    journal = new SealingJournal(log, vault, clock);
    world = await World.create({ db: database.dataSource, clock, vault, log, journal });
  });
  afterEach(() => world.close());

  describe('a credential', () => {
    it('that is withdrawn meanwhile says so', async () => {
      const { id } = await world.request();
      await world.revoke('crd_1');
      await world.carry();
      expect(await stateOf(id)).toBe('withdrawn');
    });

    it('is expired from the moment on until which it was valid', async () => {
      await world.issue('crd_2', badge({ validUntil: '2026-12-01T00:00:00Z' }));
      await world.carry();
      const { id } = await world.request(LEARNER, { ...ask, credentialIds: ['crd_2'] });
      clock.set('2026-11-30T23:59:59.999Z');
      expect(await stateOf(id)).toBe('valid');
      clock.set('2026-12-01T00:00:00.000Z');
      expect(await stateOf(id)).toBe('expired');
    });

    it('that cannot be read as an Open Badge is left out', async () => {
      await world.issue('crd_3', { credentialSubject: 'nothing' });
      await world.carry();
      const { credentials } = await world.request(LEARNER, { ...ask, credentialIds: ['crd_3'] });
      expect(credentials).toEqual([]);
    });
  });

  describe('the read model', () => {
    it('says nothing personal in plain text', async () => {
      const { id } = await world.request();
      await world.decide(OFFICER, id, negative);
      await world.carry();
      const stored = await world.rows();
      for (const text of [PURPOSE, 'clinical', 'Negative', 'Community Nursing', 'per_a'])
        expect([text, stored.includes(text)]).toEqual([text, false]);
      expect(stored).toContain(id);
    });

    it('is the same whatever the order of the topics, and when messages come twice', async () => {
      const { id } = await world.request();
      await world.decide(OFFICER, id, positive);
      await world.revoke('crd_1');
      await world.carry();
      const expected = await world.rows();
      for await (const _ of world.replays()) expect(await world.rows()).toBe(expected);
    });

    it('is the same when a revocation comes before what it revokes', async () => {
      await world.revoke('crd_1');
      await world.empty();
      await world.handle(world.entries.toReversed());
      const { credentials } = await world.request();
      expect(credentials[0]?.state).toBe('withdrawn');
    });
  });

  describe('an erased learner', () => {
    it('is gone for the officer, and nobody can decide any more', async () => {
      const { id } = await world.request();
      await world.erase('per_a');
      expect((await world.send(OFFICER, 'GET', `/${id}`)).status).toBe(404);
      expect((await world.send(OFFICER, 'GET')).body).toEqual({ data: [] });
      expect((await world.decide(OFFICER, id, positive)).status).toBe(404);
      expect((await world.send(LEARNER, 'GET')).body).toEqual({ data: [] });
      expect((await world.send(LEARNER, 'POST', '', ask)).status).toBe(404);
    });

    it('leaves no row, whatever comes first; others stay', async () => {
      const { id } = await world.request();
      await world.decide(OFFICER, id, positive);
      await world.revoke('crd_1');
      const other = await world.request(OTHER, { ...ask, credentialIds: ['crd_b'] });
      await world.erase('per_a');
      for await (const _ of world.replays()) {
        const stored = await world.rows();
        for (const trace of [id, 'crd_1']) expect(stored).not.toContain(trace);
        expect((await world.send(OTHER, 'GET')).body).toEqual({ data: [other] });
      }
    });
  });
});
