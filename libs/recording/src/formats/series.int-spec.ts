import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newAlias } from '#kernel';
import { createService, loadConfig } from '#platform';
import { usingProvider } from '../testing/provider.js';
import { client, SOURCE, voiding } from '../testing/samples.js';
import { CHANGES_MAX } from './series.js';

/** What becomes of a result that is said anew each time it changes; on the real log. */
const provider = usingProvider((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

type Said = Readonly<Record<string, unknown>>;
const become = (answer: Said): string => String(answer['code'] ?? answer['status']);

const send = async (path: string, body: unknown): Promise<readonly Said[]> => {
  const { recorder } = provider();
  const actor = { id: client.id, role: 'provider', organisation: client.id } as const;
  const authorization = await recorder.tokenFor(actor);
  const response = await recorder.send('POST', path, body, { authorization });
  if (response.status !== 200) throw new Error(`${response.status} ${response.text}`);
  return response.json['results'] as readonly Said[];
};

const minute = (n: number): string =>
  new Date(Date.UTC(2026, 3, 16, 9, n)).toISOString().replace('Z', '+00:00');
const score = (lineItem: string, at: number, part: object = {}) => ({
  lineItem,
  score: {
    userId: '5323497',
    timestamp: minute(at),
    scoreGiven: 80 + at,
    scoreMaximum: 100,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...part,
  },
});
const ags = async (...scores: readonly object[]): Promise<readonly string[]> =>
  (await send('/v1/formats/lti-ags', scores)).map(become);
const fresh = (): string => `https://lms.example/lineitems/${randomUUID()}`;

/** What the log says of the events that something records, opened. */
const recordedBy = async (work: () => Promise<unknown>) => {
  const { recorder } = provider();
  const before = await recorder.size();
  await work();
  const after = await recorder.size();
  const places = Array.from({ length: after - before }, (_, n) => before + n);
  return Promise.all(places.map((seq) => recorder.entryAt(seq)));
};
const idOf = ({ entry }: { readonly entry: { readonly data: object } }): unknown =>
  (entry.data as { readonly eventId: string }).eventId;

describe('scores of a person in a line item', () => {
  it('are those of who had the account then, however late they come', async () => {
    const item = fresh();
    const userId = randomUUID();
    const identity = { account: { homePage: client.homePage, name: userId } };
    const { vault } = provider().recorder.service.foundation;
    const [first = ''] = await vault.aliasesFor([{ provider: client.id, identity }]);
    const second = newAlias();
    await vault.handOver({ alias: first, next: second, from: Date.parse(minute(10)) });
    const events = await recordedBy(() =>
      ags(score(item, 0, { userId }), score(item, 20, { userId }), score(item, 5, { userId })),
    );
    expect(events.map(({ entry }) => entry.alias)).toEqual([first, second, first]);
    const [early] = events.map(idOf);
    // The new holder's corrects nothing; the late one corrects the earlier holder's own.
    expect(
      events.map(({ data }) => (data as { supersedes?: { id: string } }).supersedes?.id),
    ).toEqual([undefined, undefined, early]);
  });

  it('are corrections of the one before, and a repeat is a success', async () => {
    const item = fresh();
    const events = await recordedBy(async () => {
      expect(await ags(score(item, 0))).toEqual(['recorded']);
      expect(await ags(score(item, 1), score(item, 2))).toEqual(['recorded', 'recorded']);
      const again = await ags(score(item, 1), score(item, 0), score(item, 2));
      expect(again).toEqual(['duplicate', 'duplicate', 'duplicate']);
    });
    const [first, second] = events.map(idOf);
    expect(events.map(({ data }) => data)).toMatchObject([
      { verb: 'assessed', result: { score: { raw: 80 } } },
      { supersedes: { source: SOURCE, id: first, reason: 'regrade' } },
      {
        supersedes: { source: SOURCE, id: second, reason: 'regrade' },
        result: { score: { raw: 82 } },
      },
    ]);
    expect(events[0]?.data).not.toHaveProperty('supersedes');
  });

  it('that come late, or say otherwise of the same moment, change nothing', async () => {
    const item = fresh();
    const events = await recordedBy(async () => {
      expect(await ags(score(item, 5))).toEqual(['recorded']);
      expect(await ags(score(item, 4), score(item, 5, { scoreGiven: 1 }))).toEqual([
        'telemetry',
        'telemetry',
      ]);
    });
    expect(events).toHaveLength(1);
  });

  it('are cleared by one without a score, which then is what counts', async () => {
    const item = fresh();
    const cleared = score(item, 3, { scoreGiven: undefined, gradingProgress: 'NotReady' });
    const events = await recordedBy(async () => {
      expect(await ags(cleared)).toEqual(['telemetry']);
      expect(await ags(score(item, 2), cleared, cleared)).toEqual([
        'recorded',
        'recorded',
        'duplicate',
      ]);
      // From before it was cleared, and after.
      expect(await ags(score(item, 1), score(item, 4))).toEqual(['telemetry', 'recorded']);
    });
    expect(events.map(({ data }) => data)).toMatchObject([
      { verb: 'assessed' },
      { verb: 'submitted', result: { status: 'provisional' } },
      { verb: 'assessed', supersedes: { id: idOf(events[1] ?? fail()) } },
    ]);
  });

  it('are of that person and line item alone', async () => {
    const [one, two] = [fresh(), fresh()];
    const events = await recordedBy(() =>
      ags(score(one, 0), score(two, 1), score(one, 2, { userId: 'another' })),
    );
    expect(events).toHaveLength(3);
    for (const { data } of events) expect(data).not.toHaveProperty('supersedes');
  });

  it('that come at once are one chain: nobody is recorded twice as the first', async () => {
    const item = fresh();
    const events = await recordedBy(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => ags(score(item, n))));
      expect(answers.flat().filter((answer) => answer === 'recorded').length).toBeGreaterThan(0);
      for (const answer of answers.flat())
        expect(['recorded', 'telemetry', 'already-superseded']).toContain(answer);
      // Who was refused tries again.
      for (let n = 0; n < 8; n += 1)
        expect(['recorded', 'telemetry', 'duplicate']).toContain((await ags(score(item, n)))[0]);
    });
    const first = events.filter(({ data }) => !(data && 'supersedes' in data));
    expect(first).toHaveLength(1);
    const corrected = events.flatMap(({ data }) => {
      const { supersedes } = data as { readonly supersedes?: { readonly id: string } };
      return supersedes?.id ?? [];
    });
    expect(new Set(corrected).size).toBe(corrected.length);
    expect(events.at(-1)?.data).toMatchObject({ result: { score: { raw: 87 } } });
  });

  it('that are refused are not in the chain', async () => {
    const item = fresh();
    const future = score(item, 0, { timestamp: '2099-01-01T00:00:00Z' });
    expect(await ags(future, score(item, 1))).toEqual(['time-in-future', 'recorded']);
    expect(await ags(score(item, 2))).toEqual(['recorded']);
  });

  it('may be taken back by the provider, and said anew', async () => {
    const item = fresh();
    const [event] = await recordedBy(() => ags(score(item, 0)));
    const undo = voiding(
      { id: randomUUID() },
      { target: { source: SOURCE, id: idOf(event ?? fail()) } },
    );
    await provider().post(undo);
    expect(await ags(score(item, 1))).toEqual(['recorded']);
  });

  it('may change so often, and no more', async () => {
    const item = fresh();
    const many = Array.from({ length: CHANGES_MAX + 1 }, (_, n) =>
      score(item, n % 60, {
        timestamp: new Date(Date.UTC(2026, 3, 17, 0, 0, n)).toISOString(),
      }),
    );
    const answers = await ags(...many);
    expect(answers.slice(0, -1)).toEqual(Array(CHANGES_MAX).fill('recorded'));
    expect(answers.at(-1)).toBe('invalid-input');
    expect(await ags(...many.slice(-2))).toEqual(['duplicate', 'invalid-input']);
  }, 60_000);

  it('begin anew for whom the account belongs to after an erasure', async () => {
    const item = fresh();
    const { vault } = provider().recorder.service.foundation;
    const userId = randomUUID();
    const identity = { account: { homePage: client.homePage, name: userId } };
    expect(await ags(score(item, 5, { userId }))).toEqual(['recorded']);
    const [alias = ''] = await vault.aliasesFor([{ provider: client.id, identity }]);
    const person = `per_${randomUUID()}`;
    await vault.createPerson(person);
    await vault.link(person, alias, 1);
    await vault.destroy(person);
    const [event] = await recordedBy(async () =>
      expect(await ags(score(item, 4, { userId }))).toEqual(['recorded']),
    );
    expect(event?.entry.alias).not.toBe(alias);
    expect(event?.data).not.toHaveProperty('supersedes');
  });

  it('are compared under a name that says nothing of the person', async () => {
    const [event] = await recordedBy(() => ags(score(fresh(), 0)));
    expect(JSON.stringify(event?.entry)).not.toMatch(/5323497|lineitems/u);
  });
});

describe('a certificate of Open edX', () => {
  const certificate = (type: string, at: number, courseKey: string) => ({
    type: `org.openedx.learning.certificate.${type}.v1`,
    time: minute(at),
    data: {
      certificate: {
        user: { id: 8 },
        course: { course_key: courseKey },
        current_status: type === 'revoked' ? 'notpassing' : 'downloadable',
      },
    },
  });
  const edx = async (...messages: readonly object[]): Promise<readonly string[]> =>
    (await send('/v1/formats/open-edx', messages)).map(become);

  it('is one award however it is told, ends when it is revoked, and may come again', async () => {
    const key = `course-v1:edX+${randomUUID()}+2026`;
    const events = await recordedBy(async () => {
      expect(await edx(certificate('revoked', 0, key))).toEqual(['telemetry']);
      expect(await edx(certificate('created', 1, key), certificate('changed', 1, key))).toEqual([
        'recorded',
        'duplicate',
      ]);
      expect(await edx(certificate('revoked', 2, key))).toEqual(['recorded']);
      // From before it was revoked.
      expect(await edx(certificate('changed', 1, key))).toEqual(['duplicate']);
      expect(await edx(certificate('created', 3, key))).toEqual(['recorded']);
    });
    const [award, revoked] = events.map(idOf);
    expect(events.map(({ data }) => data)).toMatchObject([
      { verb: 'awarded' },
      { verb: 'failed', supersedes: { id: award } },
      { verb: 'awarded', supersedes: { id: revoked } },
    ]);
  });
});

describe('an event of Open edX', () => {
  it('is known by what it says, not by the request that it was part of', async () => {
    const event = (name: string, course: string) => ({
      name,
      request_id: 'one-request',
      context: { course_id: course, user_id: 8 },
      event: {},
      time: minute(1),
    });
    const course = `course-v1:edX+${randomUUID()}+2026`;
    const activated = event('edx.course.enrollment.activated', course);
    const graded = event('edx.completion_aggregator.completion.course', course);
    const answers = await send('/v1/formats/open-edx', [activated, graded, activated]);
    expect(answers.map(become)).toEqual(['recorded', 'recorded', 'duplicate']);
  });

  it('is asked for a token or a key', async () => {
    const answer = await provider().recorder.send('POST', '/v1/formats/open-edx', []);
    expect(answer.status).toBe(401);
  });
});

function fail(): never {
  throw new Error('nothing was recorded');
}
