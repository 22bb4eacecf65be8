import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecognitionCase } from '#contracts';
import { type Journal, SealingJournal } from '#log';
import { createDatabase, type Database, FixedClock, InMemoryLog, inMemoryVault } from '#testing';
import type { Vault } from '#vault';
import { recognition } from './index.js';
import { ask, FOREIGN, LEARNER, NOW, OFFICER, OTHER, PURPOSE, World } from './testing/world.js';

describe('asking for recognition', () => {
  const keyed = (token: string, body: object, key = 'ask-1') =>
    world.send(token, 'POST', '', body, { 'idempotency-key': key });
  const cases = () => world.entriesOf('recognition-requested');
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

  describe('a request', () => {
    it('shows the officer what there is to compare', async () => {
      const made = await world.request();
      expect(made).toEqual({
        id: expect.stringMatching(/^rec_[a-z2-7]{26}$/u),
        institution: { id: 'borealis', name: 'The borealis' },
        state: 'requested',
        purpose: PURPOSE,
        requestedAt: NOW,
        credentials: [
          {
            id: 'crd_1',
            title: 'Community Nursing',
            description: 'Care for people at home.',
            issuer: { id: 'aurora', name: 'The aurora' },
            issuedAt: '2026-10-16T08:00:00Z',
            criteria: 'Pass the final examination.',
            credit: { system: 'ECTS', value: 6 },
            eqfLevel: 5,
            workloadHours: 150,
            learningOutcomes: ['Plans care at home'],
            state: 'valid',
          },
        ],
      });
      for (const token of [LEARNER, OFFICER]) {
        expect((await world.send(token, 'GET', `/${made.id}`)).body).toEqual(made);
        expect((await world.send(token, 'GET')).body).toEqual({ data: [made] });
      }
    });

    it('can be read before the read model knows it', async () => {
      const { body } = await world.send(LEARNER, 'POST', '', ask);
      expect((await world.send(OFFICER, 'GET', `/${body.id}`)).status).toBe(200);
    });

    it('is filed under the home alias of the learner, sealed', async () => {
      const { id } = await world.request();
      const [entry] = world.entries.filter(({ kind }) => kind === 'recognition-requested');
      expect([entry?.alias, entry?.stream]).toEqual([world.homeA, `case-${id}`]);
      expect(JSON.stringify(entry)).not.toContain(PURPOSE);
    });

    it('is listed newest first', async () => {
      const first = await world.request();
      clock.set('2026-11-21T08:00:00.000Z');
      const second = await world.request(LEARNER, { ...ask, institution: 'cadence' });
      const { body } = await world.send(LEARNER, 'GET');
      expect(body.data.map(({ id }: RecognitionCase) => id)).toEqual([second.id, first.id]);
    });

    it.each([
      ['of somebody else', ['crd_1', 'crd_b']],
      ['that does not exist', ['crd_1', 'crd_none']],
    ])('is not for a credential %s', async (_, credentialIds) => {
      const { status, body } = await world.send(LEARNER, 'POST', '', { ...ask, credentialIds });
      expect([status, body.code]).toEqual([404, 'credential-not-yours']);
      expect(body.errors).toEqual([expect.objectContaining({ pointer: '#/credentialIds/1' })]);
      expect(world.entries.some(({ kind }) => kind === 'recognition-requested')).toBe(false);
    });

    it('is not for a credential of an account that was released', async () => {
      await vault.unlink(world.account, 2);
      expect((await world.send(LEARNER, 'POST', '', ask)).body.code).toBe('credential-not-yours');
    });

    it.each(['aurora', 'nobody', ''])('is not for "%s", which does not recognise', async (id) => {
      const { status, body } = await world.send(LEARNER, 'POST', '', { ...ask, institution: id });
      expect([status, body.code]).toEqual([422, 'institution-unknown']);
    });

    it.each([
      { ...ask, credentialIds: [] },
      { ...ask, purpose: ' ' },
      { ...ask, purpose: undefined },
      { ...ask, unknown: 1 },
      { ...ask, credentialIds: 'crd_1' },
    ])('is refused as %j', async (body) => {
      expect((await world.send(LEARNER, 'POST', '', body)).status).toBe(400);
    });

    it.each([
      [401, undefined],
      [403, OFFICER],
      [403, 'provider:aurora'],
      [403, 'employer:per_e'],
      [403, 'admin:per_x'],
    ])('answers %s to %s', async (expected, token) => {
      expect((await world.send(token, 'POST', '', ask)).status).toBe(expected);
    });

    it('is not seen by others', async () => {
      const { id } = await world.request();
      for (const token of [OTHER, FOREIGN, 'officer:per_x'])
        expect([
          token,
          (await world.send(token, 'GET', `/${id}`)).status,
          (await world.send(token, 'GET')).body,
        ]).toEqual([token, 404, { data: [] }]);
      expect((await world.send(LEARNER, 'GET', '/rec_none')).status).toBe(404);
      expect((await world.send('provider:borealis', 'GET', `/${id}`)).status).toBe(403);
      expect((await world.send(undefined, 'GET')).status).toBe(401);
    });
  });

  describe('with an Idempotency-Key', () => {
    it('a request is made once, also when it is sent twice at the same time', async () => {
      const answers = await Promise.all([keyed(LEARNER, ask), keyed(LEARNER, ask)]);
      clock.set('2026-11-20T09:00:00.000Z');
      answers.push(await keyed(LEARNER, ask));
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(cases()).toHaveLength(1);
    });

    it('another request is refused, and another key or person makes another case', async () => {
      await keyed(LEARNER, ask);
      const { status, body } = await keyed(LEARNER, { ...ask, purpose: 'Work' });
      expect([status, body.code]).toEqual([422, 'idempotency-key-reused']);
      expect((await keyed(LEARNER, ask, 'ask-2')).status).toBe(201);
      expect((await keyed(OTHER, { ...ask, credentialIds: ['crd_b'] })).status).toBe(201);
      expect(cases()).toHaveLength(3);
    });

    it.each(['', 'k'.repeat(256)])('"%s" is not one', async (key) => {
      expect((await keyed(LEARNER, ask, key)).status).toBe(400);
    });
  });
});
