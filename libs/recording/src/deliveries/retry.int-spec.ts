import { describe, expect, it } from '@jest/globals';
import { Deliveries, DeliveryDetails } from '#contracts';
import { createService, loadConfig } from '#platform';
import { client, event, statement } from '../testing/samples.js';
import { attempt, fresh, none, usingSender } from '../testing/sender.js';
import { TidyDeliveries } from './tidy-deliveries.js';

/** What was refused, kept, and sent again; on the real log and PostgreSQL. */
const { post, xapi, scorm, get, deliveryOf, refusedOf, retry, register, recorder } = usingSender(
  (definition, settings) => createService(definition, loadConfig(settings)),
);

describe('sending again what was refused', () => {
  it('records it once the cause is put right, and forgets what was kept', async () => {
    const own = 'urn:llcl:uni:late';
    const ids = [fresh(), fresh()];
    const told = await deliveryOf(
      await post(
        '/v1/events',
        ids.map((id) => event({ id, source: own })),
      ),
    );
    expect(await retry(told)).toMatchObject({ state: 'refused', retryOf: told.id, kept: 2 });
    const again = Deliveries.parse((await get('?limit=1')).json).data[0];
    await register({ sources: [...client.sources, own] });
    const done = await retry({ id: again?.id ?? '' });
    expect(done).toMatchObject({ state: 'recorded', counts: { ...none, recorded: 2 }, kept: 0 });
    for (const { id } of [told, done]) {
      const none409 = await post(`/v1/deliveries/${id}/retry`, {});
      expect(none409.json['code']).toBe('nothing-to-retry');
    }
  });

  it('works for a batch of xAPI, with its version and parameters', async () => {
    await register({ sources: [] });
    const answer = await xapi([statement({ id: fresh() })]);
    expect(answer.json['code']).toBe('source-not-yours');
    await register({ sources: client.sources });
    expect(await retry(await deliveryOf(answer))).toMatchObject({
      channel: 'xapi',
      state: 'recorded',
    });
  });

  it('takes corrections of some of it, in the form in which it was given out', async () => {
    const told = await deliveryOf(
      await post('/v1/events', [
        event({ id: fresh() }),
        event({ id: fresh(), hobby: 1 }),
        event({ id: fresh(), hobby: 2 }),
      ]),
    );
    const [, item] = await refusedOf(told);
    const { hobby: _, ...right } = (item?.event ?? {}) as Record<string, unknown>;
    const answer = await post(`/v1/deliveries/${told.id}/retry`, {
      data: [{ ...item, event: right }],
    });
    const done = DeliveryDetails.parse(answer.json);
    expect(done.counts).toEqual({ ...none, recorded: 1, refused: 1 });
    expect((await refusedOf(done)).map(({ event: kept }) => kept)).toMatchObject([{ hobby: 1 }]);
  });

  it('takes a corrected body of xAPI', async () => {
    const told = await deliveryOf(await xapi([statement({ id: 'no uuid' })]));
    const body = JSON.stringify([statement({ id: fresh() })]);
    const answer = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body }] });
    expect(DeliveryDetails.parse(answer.json)).toMatchObject({ state: 'recorded', kept: 0 });
  });

  it.each([
    ['that is no JSON', () => '[{"half', 'malformed-json'],
    ['that is too large', () => `[${'{},'.repeat(1_000)}{}]`, 'too-large'],
  ])('keeps what was sent when it gets a correction %s', async (_, typo, code) => {
    const told = await deliveryOf(await xapi([statement({ id: 'no uuid' })]));
    const [original] = await refusedOf(told);
    const answer = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body: typo() }] });
    expect(DeliveryDetails.parse(answer.json)).toMatchObject({ refusals: [{ code }], kept: 0 });
    expect((await refusedOf(told)).map(({ body }) => body)).toEqual([original?.body]);
    const body = JSON.stringify([statement({ id: fresh() })]);
    const done = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body }] });
    expect(DeliveryDetails.parse(done.json).state).toBe('recorded');
    expect(await refusedOf(told)).toEqual([]);
  });

  it('keeps an event whose correction is too large, and forgets what was taken', async () => {
    const told = await deliveryOf(
      await post(
        '/v1/events',
        [1, 2].map((hobby) => event({ id: fresh(), hobby })),
      ),
    );
    const name = { und: 'x'.repeat(40_000) };
    const large = event({ id: fresh() }, { activity: { id: 'https://uni.example/a', name } });
    const answer = await post(`/v1/deliveries/${told.id}/retry`, {
      data: [
        { index: 0, event: large },
        { index: 1, event: event({ id: fresh() }) },
      ],
    });
    const done = DeliveryDetails.parse(answer.json);
    expect(done).toMatchObject({ counts: { ...none, recorded: 1, refused: 1 }, kept: 0 });
    expect(done.refusals[0]?.code).toBe('too-large');
    expect(await refusedOf(told)).toMatchObject([{ index: 0, event: { hobby: 1 } }]);
  });

  it('keeps it when the new delivery cannot be written down', async () => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    const { db } = recorder().service.foundation;
    await db.query('alter table recording.delivery_day rename to hidden');
    const lost = await post(`/v1/deliveries/${told.id}/retry`, {});
    await db.query('alter table recording.hidden rename to delivery_day');
    expect(lost.status).toBe(500);
    expect(await refusedOf(told)).toHaveLength(1);
    expect((await retry(told)).kept).toBe(1);
  });

  it('sends what has no id once, however often it is asked to at once', async () => {
    const own = 'urn:llcl:uni:twice';
    const unnamed = event(
      { source: own, id: undefined, time: undefined },
      { occurredAt: undefined },
    );
    const told = await deliveryOf(await post('/v1/events', unnamed));
    expect(told.kept).toBe(1);
    await register({ sources: [...client.sources, own] });
    const before = await recorder().size();
    // All have read what is kept, and recorded it, before any of them can forget it.
    const answers = await recorder().service.foundation.db.transaction(async (tx) => {
      await tx.query('lock table recording.refused_item in exclusive mode');
      const asked = Array.from({ length: 4 }, () => post(`/v1/deliveries/${told.id}/retry`, {}));
      await new Promise((resolve) => setTimeout(resolve, 500));
      return asked;
    });
    const done = await Promise.all(answers);
    const told409 = done.filter(({ json }) => json['code'] === 'nothing-to-retry');
    expect([told409.length, done.some(({ status }) => status === 200)]).toEqual([3, true]);
    expect(await recorder().size()).toBe(before + 1);
    await register({ sources: client.sources });
  });

  it('can be tried again when a process died over it', async () => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    const claim = (when: string) =>
      recorder().service.foundation.db.query(
        `update recording.delivery set claimed_until = now() + $2::interval where id = $1`,
        [told.id, when],
      );
    await claim('1 minute');
    expect((await post(`/v1/deliveries/${told.id}/retry`, {})).status).toBe(409);
    await claim('-1 second');
    expect((await retry(told)).kept).toBe(1);
  });

  it.each([
    ['a place where nothing is kept', { data: [{ index: 7, event: {} }] }],
    ['another form', { data: [{ index: 0, body: '{}' }] }],
    ['no correction', { data: [{ index: 0 }] }],
    ['something else', { data: 7 }],
    ['very many', { data: Array.from({ length: 51 }, () => ({ index: 0, event: {} })) }],
  ])('refuses a correction of %s, and keeps what it has', async (_, body) => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    const answer = await post(`/v1/deliveries/${told.id}/retry`, body);
    expect([answer.status, answer.json['code']]).toEqual([400, 'invalid-input']);
    expect(await refusedOf(told)).toHaveLength(1);
  });

  it('keeps nothing of what was taken, and nothing older than a week', async () => {
    const told = await deliveryOf(await post('/v1/events', event({ id: fresh(), hobby: 1 })));
    expect(told.kept).toBe(1);
    const { db } = recorder().service.foundation;
    await db.query(
      `update recording.refused_item set received_at = received_at - interval '7 days'
       where delivery = $1`,
      [told.id],
    );
    expect(await refusedOf(told)).toEqual([]);
    await recorder().service.app.get(TidyDeliveries).tidy();
    const rows = await db.query('select from recording.refused_item where delivery = $1', [
      told.id,
    ]);
    expect(rows).toHaveLength(0);
    expect((await deliveryOf(await post('/v1/events', event({ id: fresh() })))).kept).toBe(0);
  });
});

describe('what became of what came in a format of others', () => {
  it('keeps a body that was refused in part whole, and takes it again corrected', async () => {
    const good = attempt();
    const body = [good, attempt({ hobby: 1 })];
    const told = await deliveryOf(await scorm(body));
    expect(told).toMatchObject({
      channel: 'scorm',
      counts: { ...none, recorded: 1, refused: 1 },
      refusals: [{ index: 1, code: 'invalid-input' }],
      kept: 1,
    });
    const [kept] = await refusedOf(told);
    expect(JSON.parse(kept?.body ?? '')).toEqual(body);
    const typo = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body: '[{' }] });
    expect(DeliveryDetails.parse(typo.json).refusals).toMatchObject([{ code: 'malformed-json' }]);
    expect(await refusedOf(told)).toEqual([kept]);
    const right = JSON.stringify([good, attempt()]);
    const answer = await post(`/v1/deliveries/${told.id}/retry`, { data: [{ body: right }] });
    expect(DeliveryDetails.parse(answer.json)).toMatchObject({
      channel: 'scorm',
      retryOf: told.id,
      counts: { ...none, recorded: 1, duplicate: 1 },
      kept: 0,
    });
    expect(await refusedOf(told)).toEqual([]);
  });

  it('keeps a body that was refused whole, and takes it as it was', async () => {
    await register({ sources: [] });
    const answer = await scorm(attempt());
    expect(answer.json['code']).toBe('source-not-yours');
    const told = await deliveryOf(answer);
    expect(told.kept).toBe(1);
    await register({ sources: client.sources });
    expect(await retry(told)).toMatchObject({ channel: 'scorm', state: 'recorded', kept: 0 });
  });

  it('records nothing of a trial', async () => {
    const before = await recorder().size();
    const told = await deliveryOf(
      await scorm([attempt(), attempt({ hobby: 1 })], { 'x-ledger-test': 'true' }),
    );
    expect(told).toMatchObject({ area: 'test', counts: { ...none, test: 1, refused: 1 } });
    expect(await retry(told)).toMatchObject({
      area: 'test',
      counts: { ...none, test: 1, refused: 1 },
    });
    expect(await recorder().size()).toBe(before);
  });
});
