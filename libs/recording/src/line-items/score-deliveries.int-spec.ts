import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { times } from '../testing/samples.js';
import { at, score, usingScores } from '../testing/scores.js';
import { none } from '../testing/sender.js';

/** What a tool is told of its scores, and pays for them; on the real log and PostgreSQL. */
const { added, ask, become, create, deliveryOf, post, refusedOf, register, retry } = usingScores(
  (definition, settings) => createService(definition, loadConfig(settings)),
);

describe('what became of a score', () => {
  it('is told, also why it was refused, and without a value', async () => {
    const id = await create();
    expect(await deliveryOf(await post(id, score()))).toMatchObject({
      channel: 'lti-ags-2.0',
      area: 'live',
      counts: { ...none, recorded: 1 },
    });
    const userId = `Amina-${randomUUID()}`;
    const told = await deliveryOf(await post(id, score({ userId, scoreGiven: -1 })));
    expect(told).toMatchObject({
      state: 'refused',
      refusals: [{ code: 'invalid-input', errors: [{ pointer: '#/scoreGiven' }] }],
      kept: 1,
    });
    expect(JSON.stringify(told)).not.toContain('Amina');
  });

  it('can be put right: what was refused is sent again in the form that has its line item', async () => {
    const id = await create();
    const told = await deliveryOf(await post(id, score({ timestamp: at(1), scoreGiven: -1 })));
    const [kept] = await refusedOf(told);
    const body = JSON.parse(kept?.body ?? '') as { lineItem: object; score: object };
    expect(body).toMatchObject({ lineItem: { id }, score: { scoreGiven: -1 } });
    const corrected = { ...body, score: { ...body.score, scoreGiven: 1 } };
    const path = `/v1/deliveries/${told.id}/retry`;
    const answer = await ask(
      'POST',
      path,
      { data: [{ body: JSON.stringify(corrected) }] },
      {
        'content-type': 'application/json',
      },
    );
    expect(answer.json).toMatchObject({ counts: { ...none, recorded: 1 } });
    expect(await become(id, { timestamp: at(1), scoreGiven: 1 })).toBe('duplicate');
  });

  it('that came too late is told so, and changes nothing when it is sent again', async () => {
    const id = await create();
    await become(id, { timestamp: at(5) });
    const told = await deliveryOf(await post(id, score()));
    expect(told).toMatchObject({ state: 'refused', refusals: [{ code: 'score-not-newer' }] });
    expect(await retry(told)).toMatchObject({ counts: { ...none, telemetry: 1 } });
  });

  it('is checked alike as a trial, and never recorded', async () => {
    const id = await create();
    const trial = { 'x-ledger-test': 'true' };
    const recorded = await added(async () => {
      const answer = await post(id, score(), trial);
      expect([answer.status, answer.json]).toEqual([200, { status: 'test' }]);
      expect(await deliveryOf(answer)).toMatchObject({
        area: 'test',
        counts: { ...none, test: 1 },
      });
      expect((await post(id, score({ userId: '' }), trial)).status).toBe(400);
    });
    expect(recorded).toEqual([]);
  });

  it('costs one of the quota also where it is placed anew', async () => {
    const id = await create();
    await register({ quota: { eventsPerMinute: 12 } });
    try {
      // At once, so that most of them are tried more than once.
      const atOnce = await Promise.all(times(6, (n) => post(id, score({ timestamp: at(n) }))));
      const later = [];
      for (let n = 6; n < 12; n++) later.push(await post(id, score({ timestamp: at(n) })));
      expect([...atOnce, ...later].map(({ status }) => status)).not.toContain(429);
    } finally {
      await register({ quota: { eventsPerMinute: 1_000_000 } });
    }
  });

  it('is limited by the quota of its client', async () => {
    const id = await create();
    await register({ quota: { eventsPerMinute: 1 } });
    try {
      const answers = [await post(id, score()), await post(id, score({ timestamp: at(1) }))];
      expect(answers.map(({ status }) => status)).toEqual([200, 429]);
      expect(answers[1]?.headers['retry-after']).toBeDefined();
    } finally {
      await register({ quota: { eventsPerMinute: 1_000_000 } });
    }
  });
});
