import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { idsOf, LIST, pathOf, usingGradebook } from '../testing/gradebook.js';
import { times } from '../testing/samples.js';
import { LINE_ITEMS_MAX, LINE_ITEMS_OF_CLIENT_MAX } from './line-items.js';
import { CONTAINER } from './routes.js';

/** The line items of a context, together (LTI AGS 2.0 §3.2); on the real log and PostgreSQL. */
const { ask, other, quiz, recorder } = usingGradebook((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

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
