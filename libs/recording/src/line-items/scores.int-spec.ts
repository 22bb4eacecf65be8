import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { pathOf } from '../testing/gradebook.js';
import { basic } from '../testing/running-recorder.js';
import { client, times } from '../testing/samples.js';
import { at, score, usingScores } from '../testing/scores.js';
import { LINE_ITEM, SCORE } from './routes.js';

/** Scores as a tool posts them (LTI AGS 2.0 §3.4); on the real log and PostgreSQL. */
const { added, ask, become, create, other, post, recorder } = usingScores((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('a score of a line item', () => {
  it('is recorded as what it is of, and answered with a receipt', async () => {
    const id = await create({ label: 'Chapter 5' });
    const [data] = await added(async () => {
      const answer = await post(id, score());
      expect([answer.status, answer.json]).toEqual([
        200,
        expect.objectContaining({ status: 'recorded', seq: expect.any(Number) }),
      ]);
    });
    expect(data).toMatchObject({
      verb: 'assessed',
      activity: { id, type: 'assessment', name: { und: 'Chapter 5' } },
      result: { status: 'final', completion: true, score: { raw: 83, min: 0, max: 100 } },
      raw: { format: 'lti-ags-2.0', verb: 'Completed' },
    });
    expect(JSON.stringify(data)).not.toMatch(/Amina|5323497/u);
  });

  it('is the same as one that names its line item itself', async () => {
    const id = await create();
    const label = (await ask('GET', pathOf(id))).json['label'];
    expect(await become(id, {})).toBe('recorded');
    const posted = { lineItem: { id, label }, score: score() };
    const { json } = await ask('POST', '/v1/formats/lti-ags', posted, {
      'content-type': 'application/json',
    });
    expect(json['results']).toMatchObject([{ status: 'duplicate' }]);
  });

  it('goes to the address of the line item with its query', async () => {
    const path = `${pathOf(await create())}/scores?x=1&type_id=7`;
    const answer = await ask('POST', path, score(), { 'content-type': SCORE });
    expect(answer.json).toMatchObject({ status: 'recorded' });
  });

  it('is taken as plain JSON, with a key, and with a charset, too', async () => {
    const id = await create();
    for (const [minute, headers] of [
      [0, { 'content-type': 'application/json' }],
      [1, { authorization: basic(client.id) }],
      [2, { 'content-type': `${SCORE}; charset=UTF-8` }],
    ] as const)
      expect((await post(id, score({ timestamp: at(minute) }), headers)).status).toBe(200);
  });

  it('may be more than the maximum: extra credit', async () => {
    const id = await create();
    const [data] = await added(() => post(id, score({ scoreGiven: 110.5 })));
    expect(data).toMatchObject({ result: { score: { raw: 110.5, max: 100 } } });
  });

  it('takes the place of an earlier one, and a repeat changes nothing', async () => {
    const id = await create();
    const data = await added(async () => {
      expect(await become(id, {})).toBe('recorded');
      expect(await become(id, {})).toBe('duplicate');
      expect(await become(id, { timestamp: at(1), scoreGiven: 90 })).toBe('recorded');
      // Also of one that is not the last any more: it was lost on the way, perhaps.
      expect(await become(id, {})).toBe('duplicate');
    });
    expect(data).toMatchObject([{ verb: 'assessed' }, { supersedes: { reason: 'regrade' } }]);
  });

  it('is refused with a timestamp that is not later than the last of that person', async () => {
    const id = await create();
    const data = await added(async () => {
      expect(await become(id, { timestamp: at(5) })).toBe('recorded');
      for (const late of [
        { timestamp: at(4) },
        { timestamp: at(5), scoreGiven: 84 },
        { timestamp: '2026-04-16T11:05:36.735+02:00' },
        { timestamp: at(3), gradingProgress: 'Pending' },
      ])
        expect(await become(id, late)).toEqual([409, 'score-not-newer']);
      // Of somebody else, and of another line item, it is the first.
      expect(await become(id, { timestamp: at(4), userId: 'another' })).toBe('recorded');
      expect(await become(await create(), { timestamp: at(4) })).toBe('recorded');
    });
    expect(data).toHaveLength(3);
  });

  it.each([
    ['pending', { gradingProgress: 'Pending' }],
    ['for a person to grade', { gradingProgress: 'PendingManual' }],
    ['failed in grading', { gradingProgress: 'Failed' }],
    ['not ready', { gradingProgress: 'NotReady' }],
    ['of what goes on', { activityProgress: 'InProgress' }],
    ['of what may be handed in again', { activityProgress: 'Submitted' }],
    ['of what has begun', { activityProgress: 'Started' }],
    ['without points', { scoreGiven: undefined }],
  ])('that is %s is taken, and counts for nothing', async (_, part) => {
    const id = await create();
    const first = await added(async () => expect(await become(id, part)).toBe('telemetry'));
    expect(first).toEqual([]);
    await become(id, {});
    const [data] = await added(() => become(id, { ...part, timestamp: at(1) }));
    expect(data).toMatchObject({ result: { status: 'provisional' }, supersedes: {} });
  });

  it('that comes at once with others of its person loses none that is later', async () => {
    const id = await create();
    const data = await added(async () => {
      const answers = await Promise.all(
        times(6, (n) => become(id, { timestamp: at(n), scoreGiven: n })),
      );
      expect(answers[5]).toBe('recorded');
      for (const answer of answers)
        expect(['recorded', [409, 'score-not-newer']]).toContainEqual(answer);
    });
    expect(data.at(-1)).toMatchObject({ result: { score: { raw: 5 } } });
    expect(data.filter((one) => !('supersedes' in one))).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['no person', score({ userId: undefined }), '#/userId'],
    ['an empty person', score({ userId: '' }), '#/userId'],
    ['a person that is a number', score({ userId: 7 }), '#/userId'],
    ['no time', score({ timestamp: undefined }), '#/timestamp'],
    ['a time without a zone', score({ timestamp: '2026-04-16T18:54:36.736' }), '#/timestamp'],
    ['a time of no calendar', score({ timestamp: '2026-02-30T00:00:00Z' }), '#/timestamp'],
    ['fewer points than none', score({ scoreGiven: -0.1 }), '#/scoreGiven'],
    ['points in words', score({ scoreGiven: '83' }), '#/scoreGiven'],
    ['points of nothing', score({ scoreMaximum: 0 }), '#/scoreMaximum'],
    ['points without a maximum', score({ scoreMaximum: undefined }), '#/scoreMaximum'],
    ['no progress', score({ activityProgress: undefined }), '#/activityProgress'],
    ['an unknown progress', score({ activityProgress: 'Done' }), '#/activityProgress'],
    ['an unknown grading', score({ gradingProgress: 'fullygraded' }), '#/gradingProgress'],
    ['what no text holds', score({ comment: 'a\0b' }), '#'],
    ['several', [score(), score()], '#'],
    ['the form with a line item', { lineItem: 'urn:x', score: score() }, '#/userId'],
    ['nothing', null, '#'],
  ])('is refused with %s, and pointed at', async (_, body, pointer) => {
    const id = await create();
    const recorded = await added(async () => {
      const { status, json } = await post(id, body);
      expect([status, json['code']]).toEqual([400, 'invalid-input']);
      expect(json['errors']).toEqual(
        expect.arrayContaining([expect.objectContaining({ pointer })]),
      );
      expect(JSON.stringify(json)).not.toMatch(/Amina|5323497/u);
    });
    expect(recorded).toEqual([]);
  });

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '{"userId":', {}, 400, 'malformed-json'],
    ['an empty body', '', {}, 400, 'malformed-json'],
    ['a time to come', score({ timestamp: '2099-01-01T00:00:00Z' }), {}, 400, 'time-in-future'],
    ['another media type', score(), { 'content-type': LINE_ITEM }, 415, 'unsupported-media-type'],
    ['nobody', score(), { authorization: '' }, 401, 'not-signed-in'],
    ['a token of nobody', score(), { authorization: 'Bearer x' }, 401, 'not-signed-in'],
    ['a wrong key', score(), { authorization: basic('uni', 'x') }, 401, 'invalid-client'],
    ['no clear trial', score(), { 'x-ledger-test': 'yes' }, 400, 'invalid-input'],
  ])('is refused with %s', async (_, body, headers, status, code) => {
    expect((await post(await create(), body, headers)).json).toMatchObject({ status, code });
  });

  it('is refused where there is no such line item, or it is not theirs', async () => {
    const id = await create();
    const theirs = await post(id, score(), { authorization: other() });
    expect(theirs.json).toMatchObject({ status: 404, code: 'not-found' });
    await ask('DELETE', pathOf(id));
    expect((await post(id, score())).json).toMatchObject({ status: 404 });
    const learner = await recorder().tokenFor({ id: 'per_a', role: 'learner' });
    expect((await post(id, score(), { authorization: learner })).status).toBe(403);
  });

  it('cannot be read, or replaced', async () => {
    const path = `${pathOf(await create())}/scores`;
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      expect((await ask(method, path)).status).toBe(404);
  });
});
