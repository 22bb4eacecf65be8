import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { idsOf, LIST, pathOf, usingGradebook } from '../testing/gradebook.js';
import { basic } from '../testing/running-recorder.js';
import { LINE_ITEM, SCORE } from './routes.js';

/** A line item of LTI AGS 2.0 §3.2; on the real log and PostgreSQL. */
const { ask, create, other, quiz, recorder, register } = usingGradebook((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

/** A time of so many characters, most of them after the second. */
const longTime = (length: number): string => `${'2026-03-06T20:05:02.'.padEnd(length - 1, '1')}Z`;

describe('a line item', () => {
  it('is given, and has an address from then on', async () => {
    const answer = await ask('POST', LIST, quiz({ tag: 'final' }));
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe(LINE_ITEM);
    const id = String(answer.headers['location']);
    expect(id).toMatch(
      /^http:\/\/ledger\.example\/lti\/ags\/course-7\/lineitems\/lit_[a-z2-7]{26}$/u,
    );
    expect(answer.json).toEqual({ id, ...quiz({ tag: 'final' }) });
    const shown = await ask('GET', pathOf(id));
    expect([shown.status, shown.json]).toEqual([200, answer.json]);
    expect(shown.headers['content-type']).toBe(LINE_ITEM);
  });

  it('keeps what the specification names, and leaves the rest behind', async () => {
    const all = quiz({
      resourceId: 'quiz-231',
      resourceLinkId: 'link-1',
      tag: 'originality',
      startDateTime: '2026-03-06T20:05:02Z',
      endDateTime: '2026-04-06T22:05:03.123+02:00',
      gradesReleased: true,
    });
    const extension = { 'https://lms.example/lti/hint': { secret: 'Amina' } };
    const { json } = await ask('POST', LIST, { ...all, ...extension });
    expect(json).toEqual({ id: expect.any(String), ...all });
  });

  it('is found under its address with a query, as under any that it was given', async () => {
    const id = pathOf(await create());
    expect((await ask('GET', `${id}?type_id=1&x=%20`)).status).toBe(200);
  });

  it('is said anew, whole', async () => {
    const id = await create({ tag: 'draft', resourceId: 'r' });
    const said = quiz({ label: 'Chapter 6', scoreMaximum: 20 });
    const answer = await ask('PUT', pathOf(id), { ...said, id });
    expect([answer.status, answer.json]).toEqual([200, { id, ...said }]);
    expect((await ask('GET', pathOf(id))).json).toEqual({ id, ...said });
  });

  it('is taken away', async () => {
    const id = await create();
    const answer = await ask('DELETE', pathOf(id));
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await ask(method, pathOf(id))).json).toMatchObject({ status: 404 });
    expect((await ask('PUT', pathOf(id), quiz())).json).toMatchObject({ status: 404 });
  });

  it.each<[string, unknown, string]>([
    ['no label', quiz({ label: undefined }), '#/label'],
    ['a blank label', quiz({ label: ' \t' }), '#/label'],
    ['a label that is a number', quiz({ label: 5 }), '#/label'],
    ['a label without end', quiz({ label: 'x'.repeat(4001) }), '#/label'],
    ['no maximum', quiz({ scoreMaximum: undefined }), '#/scoreMaximum'],
    ['a maximum of nothing', quiz({ scoreMaximum: 0 }), '#/scoreMaximum'],
    ['a maximum below', quiz({ scoreMaximum: -1 }), '#/scoreMaximum'],
    ['a maximum in words', quiz({ scoreMaximum: '60' }), '#/scoreMaximum'],
    ['an endless maximum', '{"label":"x","scoreMaximum":1e999}', '#'],
    ['a tag that is none', quiz({ tag: '' }), '#/tag'],
    ['a resource that is a number', quiz({ resourceId: 1 }), '#/resourceId'],
    ['a link that is too long', quiz({ resourceLinkId: 'x'.repeat(1025) }), '#/resourceLinkId'],
    ['a start without a zone', quiz({ startDateTime: '2026-03-06T20:05:02' }), '#/startDateTime'],
    ['an end in words', quiz({ endDateTime: 'soon' }), '#/endDateTime'],
    ['a start without end', quiz({ startDateTime: longTime(65) }), '#/startDateTime'],
    ['an end without end', quiz({ endDateTime: longTime(50_000) }), '#/endDateTime'],
    ['what no database holds', quiz({ label: 'a\0b' }), '#'],
    ['half a character', '{"label":"\\ud800","scoreMaximum":1}', '#'],
    ['an id of its own', quiz({ id: 'https://lms.example/lineitems/1' }), '#/id'],
    ['a list', [quiz()], '#'],
    ['nothing', null, '#'],
    ['no JSON', '{"label":', '#'],
  ])('is refused with %s', async (_, body, pointer) => {
    const before = idsOf((await ask('GET', LIST)).text);
    const { status, json } = await ask('POST', LIST, body);
    expect(status).toBe(400);
    if (json['code'] !== 'malformed-json')
      expect(json['errors']).toEqual(
        expect.arrayContaining([expect.objectContaining({ pointer })]),
      );
    expect(idsOf((await ask('GET', LIST)).text)).toEqual(before);
  });

  it('may have a time of 64 characters', async () => {
    const { status } = await ask('POST', LIST, quiz({ endDateTime: longTime(64) }));
    expect(status).toBe(201);
  });

  it('is refused with more than 64 KiB, however it is filled, and told how much it may have', async () => {
    const id = pathOf(await create());
    const filled = (bytes: number): string => {
      const text = JSON.stringify(quiz({ extension: '' }));
      return text.replace('""', `"${'x'.repeat(bytes - text.length)}"`);
    };
    for (const [method, path] of [
      ['POST', LIST],
      ['PUT', id],
    ] as const) {
      expect((await ask(method, path, filled(65_536))).status).toBeLessThan(300);
      const { status, json } = await ask(method, path, filled(65_537));
      expect([status, json['code'], json['detail']]).toEqual([
        413,
        'too-large',
        'A body may have 65536 bytes.',
      ]);
    }
  });

  it('is not said anew as another, or wrongly', async () => {
    const [one, two] = [await create(), await create()];
    const before = (await ask('GET', pathOf(one))).json;
    for (const body of [quiz({ id: two }), quiz({ scoreMaximum: 0 }), 7])
      expect((await ask('PUT', pathOf(one), body)).status).toBe(400);
    expect((await ask('GET', pathOf(one))).json).toEqual(before);
  });

  it('is of its client and context alone', async () => {
    const id = pathOf(await create());
    const elsewhere = id.replace('course-7', 'course-8');
    for (const [path, authorization] of [
      [id, other()],
      [elsewhere, undefined],
      [`${LIST}/lit_nothing`, undefined],
      [`${LIST}/%00`, undefined],
    ] as const)
      for (const method of ['GET', 'PUT', 'DELETE'] as const) {
        const headers = authorization === undefined ? {} : { authorization };
        const body = method === 'PUT' ? quiz() : undefined;
        const { status } = await ask(method, path, body, headers);
        expect([path, method, status]).toEqual([path, method, path.endsWith('%00') ? 400 : 404]);
      }
    expect(idsOf((await ask('GET', LIST, undefined, { authorization: other() })).text)).toEqual([]);
    expect((await ask('GET', id)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number]>([
    ['nobody', { authorization: '' }, 401],
    ['a wrong token', { authorization: 'Bearer x' }, 401],
    ['a wrong key', { authorization: basic('uni', 'wrong') }, 401],
    ['another media type', { 'content-type': SCORE }, 415],
    ['a header that says nothing', { 'x-ledger-test': 'perhaps' }, 400],
  ])('is not taken from %s', async (_, headers, status) => {
    expect((await ask('POST', LIST, quiz(), headers)).status).toBe(status);
  });

  it('is not for learners', async () => {
    const authorization = await recorder().tokenFor({ id: 'per_a', role: 'learner' });
    expect((await ask('GET', LIST, undefined, { authorization })).status).toBe(403);
  });

  it('is checked and answered as a trial, and kept nowhere', async () => {
    const trial = { 'x-ledger-test': 'true' };
    const kept = await create();
    const before = (await ask('GET', LIST)).text;
    const { status, json } = await ask('POST', LIST, quiz(), trial);
    expect(status).toBe(201);
    expect((await ask('GET', pathOf(String(json['id'])))).status).toBe(404);
    expect((await ask('PUT', pathOf(kept), quiz({ label: 'Other' }), trial)).status).toBe(200);
    expect((await ask('DELETE', pathOf(kept), undefined, trial)).status).toBe(204);
    expect((await ask('POST', LIST, quiz({ label: '' }), trial)).status).toBe(400);
    expect((await ask('GET', LIST)).text).toBe(before);
  });

  it('costs as much as an event', async () => {
    await register({ quota: { eventsPerMinute: 1 } });
    try {
      const answers = [await ask('POST', LIST, quiz()), await ask('POST', LIST, quiz())];
      expect(answers.map(({ status }) => status)).toEqual([201, 429]);
    } finally {
      await register({ quota: { eventsPerMinute: 1_000_000 } });
    }
  });
});
