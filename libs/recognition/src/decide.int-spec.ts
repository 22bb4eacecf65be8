import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Journal, SealingJournal } from '#log';
import { createDatabase, type Database, FixedClock, InMemoryLog, inMemoryVault } from '#testing';
import type { Vault } from '#vault';
import { recognition } from './index.js';
import {
  equivalent,
  findings,
  FOREIGN,
  LEARNER,
  negative,
  NOW,
  OFFICER,
  positive,
  World,
} from './testing/world.js';

describe('deciding on recognition', () => {
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

  describe('a decision', () => {
    it('is shown to learner and officer, and carries the titles of what was compared', async () => {
      const { id } = await world.request();
      const { status, body } = await world.decide(OFFICER, id, positive);
      expect([status, body.state, body.decision]).toEqual([
        200,
        'decided',
        {
          ...positive,
          findings: Object.fromEntries(
            Object.entries(findings).map(([criterion, finding]) => [
              criterion,
              { ...finding, evidence: '', relevance: '' },
            ]),
          ),
          decidedAt: NOW,
        },
      ]);
      await world.carry();
      for (const token of [LEARNER, OFFICER])
        expect((await world.send(token, 'GET')).body).toEqual({ data: [body] });
      const [entry] = world.entriesOf('recognition-decided');
      expect(entry).toMatchObject({
        alias: world.homeA,
        provider: 'borealis',
        data: { caseId: id, institution: 'borealis', officer: 'per_o' },
      });
      expect(entry && (await journal.open([entry]))[0]).toMatchObject({
        titles: ['Community Nursing'],
        credentialIds: ['crd_1'],
      });
    });

    it.each([
      [401, undefined],
      [403, LEARNER],
      [403, 'provider:borealis'],
      [403, 'admin:per_x'],
      [403, 'system:clock:borealis'],
      [404, FOREIGN],
      [404, 'officer:per_x'],
    ])('answers %s to %s', async (expected, token) => {
      const { id } = await world.request();
      expect((await world.decide(token, id, positive)).status).toBe(expected);
      expect(world.entriesOf('recognition-decided')).toEqual([]);
    });

    it.each([
      ['difference-not-substantial', 422, { ...negative, findings }],
      ['criteria-incomplete', 422, { ...positive, findings: { level: equivalent } }],
      ['criteria-incomplete', 422, { ...positive, findings: {} }],
      ['difference-contradicts', 422, { ...negative, outcome: 'Positive' }],
      ['invalid-input', 400, { ...negative, credit: { system: 'ECTS', value: 6 } }],
      ['invalid-input', 400, { ...positive, reasons: ' ' }],
      ['invalid-input', 400, { ...positive, outcome: 'Maybe' }],
      ['invalid-input', 400, { ...positive, findings: { ...findings, price: equivalent } }],
      ['invalid-input', 400, { ...positive, credit: { system: 'ECTS', value: -1 } }],
    ])('is refused (%s, %s)', async (code, status, decision) => {
      const { id } = await world.request();
      const answer = await world.decide(OFFICER, id, decision);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(world.entriesOf('recognition-decided')).toEqual([]);
    });

    it('sent twice is one decision, and another one comes too late', async () => {
      const { id } = await world.request();
      const first = await world.decide(OFFICER, id, negative);
      clock.set('2026-11-21T08:00:00.000Z');
      expect(await world.decide(OFFICER, id, negative)).toEqual(first);
      expect((await world.decide(OFFICER, id, positive)).body.code).toBe('already-decided');
      expect(world.entriesOf('recognition-decided')).toHaveLength(1);
    });

    it('is taken once by two officers at the same time', async () => {
      const { id } = await world.request();
      const answers = await Promise.all([
        world.decide(OFFICER, id, positive),
        world.decide('officer:per_p:borealis', id, negative),
      ]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      expect(world.entriesOf('recognition-decided')).toHaveLength(1);
    });

    it('needs a case', async () => {
      expect((await world.decide(OFFICER, 'rec_none', positive)).status).toBe(404);
    });
  });
});
