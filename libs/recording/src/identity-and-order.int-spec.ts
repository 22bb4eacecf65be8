import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Receipt } from '#contracts';
import { createService, loadConfig } from '#platform';
import { usingProvider, said } from './testing/provider.js';
import { event, SOURCE, statement, voiding } from './testing/samples.js';

/** What repeats and what comes late, a test for each rule; on the real log and PostgreSQL. */
const provider = usingProvider((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('identity is (source, id) alone', () => {
  const id = randomUUID();
  const LATER = '2026-05-05T09:00:00Z';

  it('the same content again is a success with the first receipt, and adds nothing', async () => {
    const [first] = await provider().post(event({ id }));
    const again = async () =>
      expect(await provider().post(event({ id }))).toEqual([{ ...first, status: 'duplicate' }]);
    expect(await provider().added(again)).toBe(0);
  });

  it('other content is a conflict, and changes nothing', async () => {
    const other = () => provider().oneByOne(event({ id }, { result: { success: false } }));
    expect(
      await provider().added(async () => expect(await other()).toEqual(['event-conflict'])),
    ).toBe(0);
    expect(await provider().oneByOne(event({ id }))).toEqual(['duplicate']);
  });

  it.each([
    ['another time', event({ id, time: LATER })],
    ['no time', event({ id, time: undefined })],
    ['no time at all', event({ id, time: undefined }, { occurredAt: undefined })],
    ['another time and none in the data', event({ id, time: LATER }, { occurredAt: undefined })],
    ['another time zone', event({ id }, { occurredAt: '2026-05-04T11:00:00+02:00' })],
  ])('the same id with %s is the same event', async (_, again) => {
    expect(await provider().oneByOne(again)).toEqual(['duplicate']);
  });

  it('an event that said no time is the same when it is sent with one', async () => {
    const bare = event({ id: randomUUID(), time: undefined }, { occurredAt: undefined });
    const timed = { ...bare, time: LATER };
    const dated = { ...bare, data: { ...(bare['data'] as object), occurredAt: LATER } };
    expect(await provider().oneByOne(bare, timed, dated)).toEqual([
      'recorded',
      'duplicate',
      'duplicate',
    ]);
  });

  it('that it happened at another moment is other content', async () => {
    expect(await provider().oneByOne(event({ id }, { occurredAt: LATER }))).toEqual([
      'event-conflict',
    ]);
  });

  it('another learner, revision or kind of event under the same id is other content', async () => {
    const learner = { account: { homePage: 'https://uni.example', name: '205' } };
    const target = { target: { source: SOURCE, id: 'e-9' } };
    expect(
      await provider().oneByOne(
        event({ id }, { learner }),
        event({ id, revision: 2 }),
        voiding({ id }, target),
      ),
    ).toEqual(['event-conflict', 'event-conflict', 'event-conflict']);
  });

  it('the same id from another source is another event', async () => {
    expect(await provider().oneByOne(event({ id, source: 'urn:llcl:uni:other' }))).toEqual([
      'recorded',
    ]);
  });

  it('without an id, the same content at the same time is the same event', async () => {
    const bare = event({ id: undefined }, { result: { duration: 'PT7H' } });
    const later = event({ id: undefined }, { result: { duration: 'PT7H' }, occurredAt: LATER });
    expect(await provider().oneByOne(bare, bare, later)).toEqual([
      'recorded',
      'duplicate',
      'recorded',
    ]);
  });
});

describe('a batch', () => {
  it('of events is answered item by item, also when an id comes twice', async () => {
    const id = randomUUID();
    const other = event({ id }, { result: { success: false } });
    const answers = await provider().post(
      event({ id }),
      other,
      event({ id }),
      event({ id: randomUUID() }),
    );
    expect(answers.map(said)).toEqual(['recorded', 'event-conflict', 'duplicate', 'recorded']);
  });

  it('of statements is refused whole, with 400, when an id comes twice', async () => {
    const id = randomUUID();
    const twice = [statement({ id }), statement({ id: randomUUID() }), statement({ id })];
    const refused = async () =>
      expect((await provider().xapi('POST', 'statements', twice)).status).toBe(400);
    expect(await provider().added(refused)).toBe(0);
  });

  it('of statements is refused whole, with 409, when one contradicts what is known', async () => {
    const known = statement({ id: randomUUID() });
    await provider().xapi('POST', 'statements', known);
    const other = { ...known, result: { success: false } };
    const refused = async () =>
      expect(
        (await provider().xapi('POST', 'statements', [statement({ id: randomUUID() }), other]))
          .status,
      ).toBe(409);
    expect(await provider().added(refused)).toBe(0);
  });
});

describe('order', () => {
  it('late events are always accepted', async () => {
    const [long, old] = ['1987-06-30T12:00:00Z', '0999-01-01T00:00:00Z'].map((occurredAt) =>
      event({ id: randomUUID(), time: occurredAt }, { occurredAt }),
    );
    expect(await provider().oneByOne(long ?? {}, old ?? {})).toEqual(['recorded', 'recorded']);
  });

  it('what lies more than 24 hours in the future is rejected, what lies less does not', async () => {
    const inHours = (hours: number) => {
      const occurredAt = new Date(Date.now() + hours * 3_600_000).toISOString();
      return event({ id: randomUUID() }, { occurredAt });
    };
    expect(await provider().oneByOne(inHours(23.9), inHours(24.1))).toEqual([
      'recorded',
      'time-in-future',
    ]);
  });

  it('the revision that was sent is kept where readers order by it', async () => {
    const [receipt] = await provider().post(event({ id: randomUUID(), revision: 3 }));
    const { entry } = await provider().recorder.entryAt((receipt as Receipt).seq);
    expect(entry.data).toMatchObject({ revision: 3 });
  });
});
