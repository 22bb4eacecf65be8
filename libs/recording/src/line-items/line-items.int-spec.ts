import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { usingGradebook } from '../testing/gradebook.js';
import { basic, PUBLIC_URL } from '../testing/running-recorder.js';
import { times } from '../testing/samples.js';
import { LINE_ITEMS_MAX, LINE_ITEMS_OF_CLIENT_MAX } from './line-items.js';
import { CONTAINER, LINE_ITEM, SCORE } from './routes.js';

/** The line items of LTI AGS 2.0 §3.2; on the real log and PostgreSQL. */
const { ask, create, other, quiz, recorder, register } = usingGradebook((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

type Page = { readonly id: string; readonly label: string; readonly tag?: string }[];
const LIST = '/lti/ags/course-7/lineitems';
const pathOf = (address: string): string => address.slice(PUBLIC_URL.length);
const idsOf = (text: string): string[] => (JSON.parse(text) as Page).map(({ id }) => id);

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

describe('the line items of a context', () => {
  const fresh = (): string => `/lti/ags/${randomUUID()}/lineitems`;
  const fill = async (list: string, ...items: readonly object[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const item of items) {
      ids.push(String((await ask('POST', list, quiz(item))).json['id']));
      // What was made in one millisecond is in no order.
      await sleep(2);
    }
    return ids;
  };

  it('are none where nothing was given', async () => {
    const { status, text, headers } = await ask('GET', fresh());
    expect([status, text, headers['link']]).toEqual([200, '[]', undefined]);
    expect(headers['content-type']).toBe(CONTAINER);
  });

  it('may be called anything that an address can hold', async () => {
    const list = '/lti/ags/a%2Fb%20%C3%A9%3Fc/lineitems';
    const [id = ''] = await fill(list, {});
    expect(id).toContain(list);
    expect((await ask('GET', pathOf(id))).status).toBe(200);
    expect(idsOf((await ask('GET', list)).text)).toEqual([id]);
  });

  it('are narrowed by link, resource and tag', async () => {
    const list = fresh();
    const [a, b, c] = await fill(
      list,
      { resourceLinkId: 'l', resourceId: 'r', tag: 't' },
      { resourceLinkId: 'l', tag: 'u' },
      { resourceId: 'r' },
    );
    const found = async (query: string) => idsOf((await ask('GET', `${list}?${query}`)).text);
    expect(await found('resource_link_id=l')).toEqual([a, b]);
    expect(await found('resource_id=r')).toEqual([a, c]);
    expect(await found('tag=u')).toEqual([b]);
    expect(await found('tag=u&resource_id=r')).toEqual([]);
    expect(await found(`tag=${encodeURIComponent("' or true --")}`)).toEqual([]);
    expect(await found('type_id=9')).toEqual([a, b, c]);
  });

  it('are paged through by the links, each once, with what was asked for', async () => {
    const list = fresh();
    const ids = await fill(list, ...times(7, (n) => ({ tag: n === 3 ? 'other' : 'quiz' })));
    const seen: string[] = [];
    let path: string | undefined = `${list}?tag=quiz&limit=2&x=1`;
    for (let pages = 0; path !== undefined; pages += 1) {
      expect(pages).toBeLessThan(3);
      const { text, headers } = await ask('GET', path);
      seen.push(...idsOf(text));
      const [, next] = /^<([^>]+)>; rel="next"$/u.exec(String(headers['link'])) ?? [];
      path = next && pathOf(next);
    }
    expect(seen).toEqual(ids.filter((_, n) => n !== 3));
  });

  it('are paged through also where one is taken away meanwhile', async () => {
    const list = fresh();
    const ids = await fill(list, {}, {}, {});
    const { headers } = await ask('GET', `${list}?limit=1`);
    await ask('DELETE', pathOf(ids[0] ?? ''));
    const [, next = ''] = /^<([^>]+)>/u.exec(String(headers['link'])) ?? [];
    expect(idsOf((await ask('GET', pathOf(next))).text)).toEqual([ids[1]]);
  });

  it.each([
    'limit=0',
    'limit=-1',
    'limit=many',
    'limit=1.5',
    'limit=1&limit=2',
    'tag=a&tag=b',
    'tag=',
    'tag=%00',
    'cursor=x',
    'cursor=W10',
    `resource_id=${'x'.repeat(1025)}`,
  ])('are not asked for by %s', async (query) => {
    expect((await ask('GET', `${LIST}?${query}`)).json).toMatchObject({ code: 'invalid-input' });
  });

  it('are so many and no more', async () => {
    const list = fresh();
    const context = list.split('/')[3];
    await recorder().service.foundation.db.query(
      `insert into recording.line_item (id, client, context, created_at, definition)
       select 'lit_' || $1 || n, 'uni', $1, now(), '{}' from generate_series(2, $2) as n`,
      [context, LINE_ITEMS_MAX],
    );
    const answers = [await ask('POST', list, quiz()), await ask('POST', list, quiz())];
    expect(answers.map(({ status }) => status)).toEqual([201, 413]);
    expect(idsOf((await ask('GET', `${list}?limit=5000`)).text)).toHaveLength(200);
  });

  it('are so many of a client and no more, in whatever contexts', async () => {
    const { db } = recorder().service.foundation;
    await db.query(
      `insert into recording.line_item (id, client, context, created_at, definition)
       select 'lit_many' || n, 'empty', 'many' || n / 1000, now(), '{}' from generate_series(2, $1) as n`,
      [LINE_ITEMS_OF_CLIENT_MAX],
    );
    const headers = { authorization: other() };
    const answers = [
      await ask('POST', fresh(), quiz(), headers),
      await ask('POST', fresh(), quiz(), headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 413]);
    expect(answers[1]?.json['detail']).toContain('A client may have 100000 line items');
    // Others have as many of their own, and who takes one away has room again.
    expect((await ask('POST', fresh(), quiz())).status).toBe(201);
    const [first] = answers.map(({ json }) => pathOf(String(json['id'])));
    expect((await ask('DELETE', first ?? '', undefined, headers)).status).toBe(204);
    expect((await ask('POST', fresh(), quiz(), headers)).status).toBe(201);
  });
});
