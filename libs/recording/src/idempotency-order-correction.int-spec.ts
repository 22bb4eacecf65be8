import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Problem, type Receipt, Results } from '#contracts';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { RunningRecorder, XAPI_SECRET } from './testing/running-recorder.js';
import { client, event, SOURCE, statement, voiding } from './testing/samples.js';

/** What a provider can rely on, a test for each rule; on the real log and PostgreSQL. */
let database: Database;
let recorder: RunningRecorder;
let bearer: string;

const fresh = (): string => randomUUID();
type Answer = Receipt | Problem;
const said = (answer: Answer): string => ('code' in answer ? answer.code : answer.status);

/** What is answered to each event, in one request. */
const post = async (...events: readonly object[]): Promise<readonly Answer[]> => {
  const response = await recorder.send('POST', '/v1/events', events, { authorization: bearer });
  expect([response.status, response.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  return Results.parse(response.json).results as readonly Answer[];
};
/** The same, each in a request of its own. */
const oneByOne = async (...events: readonly object[]): Promise<readonly string[]> => {
  const answers: string[] = [];
  for (const each of events) answers.push(...(await post(each)).map(said));
  return answers;
};
const xapi = (method: 'POST' | 'PUT', path: string, body: unknown) =>
  recorder.send(method, `/xapi/${path}`, body, {
    authorization: `Basic ${Buffer.from(`${client.id}:${XAPI_SECRET}`).toString('base64')}`,
    'x-experience-api-version': '1.0.3',
  });
/** How many entries something adds. */
const added = async (work: () => Promise<unknown>): Promise<number> => {
  const before = await recorder.size();
  await work();
  return (await recorder.size()) - before;
};
const correcting = (target: string, id: string, part: object = {}, data: object = {}) =>
  event(
    { id, ...part },
    { ...data, supersedes: { source: SOURCE, id: target, reason: 'regrade' } },
  );

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig(settings)),
    database.url,
  );
  bearer = await recorder.tokenFor({ id: client.id, role: 'provider', organisation: client.id });
}, 60_000);
afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

describe('identity is (source, id) alone', () => {
  const id = fresh();
  const LATER = '2026-05-05T09:00:00Z';

  it('the same content again is a success with the first receipt, and adds nothing', async () => {
    const [first] = await post(event({ id }));
    const again = async () =>
      expect(await post(event({ id }))).toEqual([{ ...first, status: 'duplicate' }]);
    expect(await added(again)).toBe(0);
  });

  it('other content is a conflict, and changes nothing', async () => {
    const other = () => oneByOne(event({ id }, { result: { success: false } }));
    expect(await added(async () => expect(await other()).toEqual(['event-conflict']))).toBe(0);
    expect(await oneByOne(event({ id }))).toEqual(['duplicate']);
  });

  it.each([
    ['another time', event({ id, time: LATER })],
    ['no time', event({ id, time: undefined })],
    ['no time at all', event({ id, time: undefined }, { occurredAt: undefined })],
    ['another time and none in the data', event({ id, time: LATER }, { occurredAt: undefined })],
    ['another time zone', event({ id }, { occurredAt: '2026-05-04T11:00:00+02:00' })],
  ])('the same id with %s is the same event', async (_, again) => {
    expect(await oneByOne(again)).toEqual(['duplicate']);
  });

  it('an event that said no time is the same when it is sent with one', async () => {
    const bare = event({ id: fresh(), time: undefined }, { occurredAt: undefined });
    const timed = { ...bare, time: LATER };
    const dated = { ...bare, data: { ...(bare['data'] as object), occurredAt: LATER } };
    expect(await oneByOne(bare, timed, dated)).toEqual(['recorded', 'duplicate', 'duplicate']);
  });

  it('that it happened at another moment is other content', async () => {
    expect(await oneByOne(event({ id }, { occurredAt: LATER }))).toEqual(['event-conflict']);
  });

  it('another learner, revision or kind of event under the same id is other content', async () => {
    const learner = { account: { homePage: 'https://uni.example', name: '205' } };
    const target = { target: { source: SOURCE, id: 'e-9' } };
    expect(
      await oneByOne(
        event({ id }, { learner }),
        event({ id, revision: 2 }),
        voiding({ id }, target),
      ),
    ).toEqual(['event-conflict', 'event-conflict', 'event-conflict']);
  });

  it('the same id from another source is another event', async () => {
    expect(await oneByOne(event({ id, source: 'urn:llcl:uni:other' }))).toEqual(['recorded']);
  });

  it('without an id, the same content at the same time is the same event', async () => {
    const bare = event({ id: undefined }, { result: { duration: 'PT7H' } });
    const later = event({ id: undefined }, { result: { duration: 'PT7H' }, occurredAt: LATER });
    expect(await oneByOne(bare, bare, later)).toEqual(['recorded', 'duplicate', 'recorded']);
  });
});

describe('a batch', () => {
  it('of events is answered item by item, also when an id comes twice', async () => {
    const id = fresh();
    const other = event({ id }, { result: { success: false } });
    const answers = await post(event({ id }), other, event({ id }), event({ id: fresh() }));
    expect(answers.map(said)).toEqual(['recorded', 'event-conflict', 'duplicate', 'recorded']);
  });

  it('of statements is refused whole, with 400, when an id comes twice', async () => {
    const id = fresh();
    const twice = [statement({ id }), statement({ id: fresh() }), statement({ id })];
    const refused = async () => expect((await xapi('POST', 'statements', twice)).status).toBe(400);
    expect(await added(refused)).toBe(0);
  });

  it('of statements is refused whole, with 409, when one contradicts what is known', async () => {
    const known = statement({ id: fresh() });
    await xapi('POST', 'statements', known);
    const other = { ...known, result: { success: false } };
    const refused = async () =>
      expect((await xapi('POST', 'statements', [statement({ id: fresh() }), other])).status).toBe(
        409,
      );
    expect(await added(refused)).toBe(0);
  });
});

describe('order', () => {
  it('late events are always accepted', async () => {
    const [long, old] = ['1987-06-30T12:00:00Z', '0999-01-01T00:00:00Z'].map((occurredAt) =>
      event({ id: fresh(), time: occurredAt }, { occurredAt }),
    );
    expect(await oneByOne(long ?? {}, old ?? {})).toEqual(['recorded', 'recorded']);
  });

  it('what lies more than 24 hours in the future is rejected, what lies less does not', async () => {
    const inHours = (hours: number) => {
      const occurredAt = new Date(Date.now() + hours * 3_600_000).toISOString();
      return event({ id: fresh() }, { occurredAt });
    };
    expect(await oneByOne(inHours(23.9), inHours(24.1))).toEqual(['recorded', 'time-in-future']);
  });

  it('the revision that was sent is kept where readers order by it', async () => {
    const [receipt] = await post(event({ id: fresh(), revision: 3 }));
    const { entry } = await recorder.entryAt((receipt as Receipt).seq);
    expect(entry.data).toMatchObject({ revision: 3 });
  });
});

describe('correction', () => {
  it('is a new event, whatever comes first, and its repeat a success', async () => {
    const [one, two] = [fresh(), fresh()];
    const correction = correcting(one, two, { revision: 2 });
    expect(await oneByOne(correction, correction, event({ id: one }), correction)).toEqual([
      'recorded',
      'duplicate',
      'recorded',
      'duplicate',
    ]);
  });

  it('forms a chain: a second correction of the same event is a conflict', async () => {
    const [one, two, three] = [fresh(), fresh(), fresh()];
    expect(
      await oneByOne(event({ id: one }), correcting(one, two), correcting(one, fresh())),
    ).toEqual(['recorded', 'recorded', 'already-superseded']);
    expect(await oneByOne(correcting(two, three), correcting(one, two))).toEqual([
      'recorded',
      'duplicate',
    ]);
  });

  it('is a conflict for one of two in the same batch only, and the others are recorded', async () => {
    const [one, two] = [fresh(), fresh()];
    const first = correcting(one, two);
    const batch = [
      event({ id: fresh() }),
      first,
      first,
      correcting(one, fresh()),
      event({ id: one }),
    ];
    const work = async () =>
      expect((await post(...batch)).map(said)).toEqual([
        'recorded',
        'recorded',
        'duplicate',
        'already-superseded',
        'recorded',
      ]);
    expect(await added(work)).toBe(3);
  });

  it('is won by one of many that come at once', async () => {
    const one = fresh();
    const rivals = Array.from({ length: 12 }, () => correcting(one, fresh()));
    const answers = (await Promise.all(rivals.map((each) => oneByOne(each)))).flat();
    expect(answers.toSorted()).toEqual([...Array(11).fill('already-superseded'), 'recorded']);
  });

  it('of what another provider sent is refused', async () => {
    const supersedes = { source: 'urn:llcl:mooc:main', id: 'e-1', reason: 'regrade' };
    expect(await oneByOne(event({ id: fresh() }, { supersedes }))).toEqual(['source-not-yours']);
  });

  it('cannot be of itself, nor a first revision', async () => {
    const id = fresh();
    expect(
      await oneByOne(correcting(id, id), correcting(fresh(), fresh(), { revision: 1 })),
    ).toEqual(['invalid-input', 'invalid-input']);
  });
});

describe('void', () => {
  const SEVERAL = 3;

  it('is recorded before its target too, and again as a repeat', async () => {
    const id = fresh();
    const undo = voiding({ id: fresh() }, { target: { source: SOURCE, id } });
    expect(await oneByOne(undo, event({ id }), undo)).toEqual([
      'recorded',
      'recorded',
      'duplicate',
    ]);
  });

  it('of a void is rejected: recorded before, in the same batch, or of itself', async () => {
    const [undo, self] = [fresh(), fresh()];
    const of = (id: string, own = fresh()) =>
      voiding({ id: own }, { target: { source: SOURCE, id } });
    await post(of(fresh(), undo));
    expect(await oneByOne(of(undo), of(self, self))).toEqual(['void-of-void', 'void-of-void']);
    const [first, second] = [fresh(), fresh()];
    const answers = await post(of(second), of(first, second), event({ id: first }));
    expect(answers.map(said)).toEqual(['void-of-void', 'recorded', 'recorded']);
  });

  it('of a void that was not known yet stays recorded, and repeats as such', async () => {
    const undo = fresh();
    const early = voiding({ id: fresh() }, { target: { source: SOURCE, id: undo } });
    const late = voiding({ id: undo }, { target: { source: SOURCE, id: fresh() } });
    expect(await oneByOne(early, late, early)).toEqual(['recorded', 'recorded', 'duplicate']);
  });

  it('of what another provider sent is refused', async () => {
    const target = { source: 'urn:llcl:mooc:main', id: 'e-1' };
    expect(await oneByOne(voiding({ id: fresh() }, { target }))).toEqual(['source-not-yours']);
  });

  it('of a voided event by another void is recorded and changes nothing', async () => {
    const id = fresh();
    const voids = Array.from({ length: SEVERAL }, () =>
      voiding({ id: fresh() }, { target: { source: SOURCE, id } }),
    );
    expect(await oneByOne(...voids)).toEqual(Array(SEVERAL).fill('recorded'));
  });

  it('of a void is refused for statements too, with nothing of the batch stored', async () => {
    const [one, undo] = [fresh(), fresh()];
    const voids = (id: string, target: string) =>
      statement({
        id,
        verb: { id: 'http://adlnet.gov/expapi/verbs/voided' },
        object: { objectType: 'StatementRef', id: target },
      });
    expect(
      (await xapi('POST', 'statements', [statement({ id: one }), voids(undo, one)])).status,
    ).toBe(200);
    const refused = async () => {
      const batch = [statement({ id: fresh() }), voids(fresh(), undo)];
      expect((await xapi('POST', 'statements', batch)).json).toMatchObject({
        status: 422,
        code: 'void-of-void',
      });
    };
    expect(await added(refused)).toBe(0);
  });
});

describe('statements are compared', () => {
  const registration = 'AAAAAAAA-0000-4000-8000-00000000000A';
  const context = { registration, contextActivities: { parent: { id: 'https://uni.example/c' } } };
  const result = { duration: 'PT1M1.236S', success: true };
  const original = { id: fresh(), context, result };

  beforeAll(async () => {
    expect((await xapi('POST', 'statements', statement(original))).status).toBe(200);
  });

  it.each<[string, object]>([
    ['what the store sets', { stored: '2026-05-05T00:00:00Z', version: '1.0.0' }],
    ['who sent it', { authority: { mbox: 'mailto:lrs@uni.example' } }],
    ['the case of its id', { id: original.id.toUpperCase() }],
    [
      'the case of other UUIDs',
      { context: { ...context, registration: registration.toLowerCase() } },
    ],
    ['the time zone', { timestamp: '2026-05-04T11:00:00+02:00' }],
    ['that no timestamp was sent', { timestamp: undefined }],
    ['a duration beyond 0.01 s', { result: { ...result, duration: 'PT1M1.239S' } }],
    ['how a duration is written', { result: { ...result, duration: 'PT61.23S' } }],
    [
      'a list of one',
      { context: { ...context, contextActivities: { parent: [{ id: 'https://uni.example/c' }] } } },
    ],
  ])('without %s', async (_, part) => {
    const path = `statements?statementId=${original.id}`;
    expect((await xapi('PUT', path, statement({ ...original, ...part }))).status).toBe(204);
  });

  it.each<[string, object]>([
    ['another moment', { timestamp: '2026-05-04T09:00:01Z' }],
    ['a duration 0.01 s longer', { result: { ...result, duration: 'PT1M1.246S' } }],
    ['another registration', { context: { ...context, registration: fresh() } }],
    ['another result', { result: { ...result, success: false } }],
    ['another learner', { actor: { account: { homePage: 'https://uni.example', name: '205' } } }],
  ])('and are in conflict with %s', async (_, part) => {
    const path = `statements?statementId=${original.id}`;
    const { json } = await xapi('PUT', path, statement({ ...original, ...part }));
    expect(json).toMatchObject({ status: 409, code: 'event-conflict' });
  });
});
