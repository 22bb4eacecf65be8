import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { named } from '../../testing/samples.js';
import { STORING_LOCK } from './statement-table.js';
import { usingXapiStore } from '../../testing/xapi-store.js';

const store = usingXapiStore(
  (definition, settings) => createService(definition, loadConfig(settings)),
  'mooc',
);
const mooc = () => store().as('mooc');

describe('a client', () => {
  it('has statements of its own under the ids of another', async () => {
    const mine = named();
    const theirs = { ...mine, result: { success: false } };
    await store().post(mine);
    expect((await mooc().get(mine.id)).json).toMatchObject({ status: 404, code: 'not-found' });
    await mooc().post(theirs);
    expect((await store().get(mine.id)).json['result']).toBeUndefined();
    expect((await mooc().get(mine.id)).json['result']).toEqual({ success: false });
  });

  it('finds nothing of another’s, whatever it asks', async () => {
    const registration = randomUUID();
    const said = named({
      context: { registration },
      object: { id: `https://uni.example/${registration}`, definition: { name: { en: 'Ours' } } },
    });
    await store().post(said);
    const filters = [
      { registration },
      { activity: said.object.id },
      { agent: JSON.stringify(said.actor) },
      { activity: said.object.id, related_activities: 'true' },
      { verb: said.verb.id },
      {},
    ];
    for (const filter of filters as Record<string, string>[]) {
      expect(await store().ids(filter)).toContain(said.id);
      expect(await mooc().ids(filter)).not.toContain(said.id);
    }
    const activity = await mooc().request('GET', `activities?activityId=${said.object.id}`);
    expect(activity.json['definition']).toBeUndefined();
  });

  it('is not found by what another points at', async () => {
    const registration = randomUUID();
    const target = named({ context: { registration } });
    await store().post(target);
    const comment = named({ object: { objectType: 'StatementRef', id: target.id } });
    await mooc().post(comment);
    expect(await mooc().ids({ registration })).toEqual([]);
    expect(await store().ids({ registration })).toEqual([target.id]);
  });

  describe('with a "more" link', () => {
    const moreOf = async () => {
      const registration = randomUUID();
      await store().post([1, 2, 3].map(() => named({ context: { registration } })));
      return (await store().list({ registration, limit: '1' })).json['more'] as string;
    };
    const NOT_YOURS = { status: 404, code: 'not-found', detail: expect.stringMatching(/more/u) };

    it('may follow it as often as it likes', async () => {
      const more = await moreOf();
      const first = await store().request('GET', more);
      expect(first.json['statements']).toHaveLength(1);
      expect((await store().request('GET', more)).text.slice(0, 500)).toBe(
        first.text.slice(0, 500),
      );
    });

    it('of another is told so', async () => {
      const { json, headers } = await mooc().request('GET', await moreOf());
      expect(json).toMatchObject(NOT_YOURS);
      expect(headers['content-type']).toContain('application/problem+json');
    });

    it.each([
      [
        'altered',
        (more: string) => `${more.slice(0, -6)}${more.endsWith('AAAAAA') ? 'B' : 'A'}AAAAA`,
      ],
      ['cut', (more: string) => more.slice(0, -20)],
      ['longer', (more: string) => `${more}AAAA`],
      ['empty', (more: string) => more.replace(/=.*$/u, '=')],
      ['without a cursor', (more: string) => more.replace(/\?.*$/u, '')],
      ['of another making', (more: string) => more.replace(/=.*$/u, `=${'A'.repeat(400)}`)],
      ['that is no base64', (more: string) => more.replace(/=.*$/u, '=%00%C3%BC')],
    ])('that is %s is told so', async (_, change) => {
      const changed = change(await moreOf());
      expect((await store().request('GET', changed)).json).toMatchObject(NOT_YOURS);
    });

    it('needs its key', async () => {
      const more = await moreOf();
      const { status } = await store().request('GET', more, { headers: { authorization: '' } });
      expect(status).toBe(401);
    });
  });
});

describe('X-Experience-API-Consistent-Through', () => {
  it.each([
    ['a list', 'statements', 200],
    ['one statement that is not there', `statements?statementId=${randomUUID()}`, 404],
    ['a bad id', 'statements?statementId=7', 400],
    ['an unknown parameter', 'statements?Limit=7', 400],
    ['a bad link', 'statements/more?cursor=x', 404],
    ['no link', 'statements/more', 404],
    ['a bad encoding', 'statements?verb=%ff', 400],
  ])('is with the answer to %s', async (_, path, status) => {
    const before = Date.now();
    for (const method of ['GET', 'HEAD']) {
      const answer = await store().request(method, path);
      const through = Date.parse(String(answer.headers['x-experience-api-consistent-through']));
      expect([answer.status, Number.isNaN(through)]).toEqual([status, false]);
      expect(through).toBeLessThanOrEqual(Date.now());
      expect(through).toBeGreaterThan(before - 5_000);
    }
  });

  it.each([
    ['no key', { authorization: '' }, 401],
    ['no version', { 'x-experience-api-version': '' }, 400],
  ])('is with the answer to %s', async (_, headers, status) => {
    const answer = await store().request('GET', 'statements', { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-experience-api-consistent-through']).toMatch(/^\d{4}-.*Z$/u);
  });

  it('promises nothing beyond what another process is storing', async () => {
    const db = store().recorder.service.foundation.db;
    const through = async (): Promise<string> =>
      String((await store().list()).headers['x-experience-api-consistent-through']);
    await db.transaction(async (tx) => {
      const [{ since } = { since: new Date() }] = await tx.query<{ since: Date }[]>(
        `select now() as since from pg_advisory_xact_lock(${STORING_LOCK})`,
      );
      await sleep(600);
      expect(new Date(await through()).getTime()).toBeLessThan(since.getTime());
    });
    await sleep(300);
    const free = Date.now();
    await sleep(300);
    expect(new Date(await through()).getTime()).toBeGreaterThan(free);
  });

  it('never promises what is still being stored', async () => {
    const writing = { isDone: false };
    const work = Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        store().post(Array.from({ length: 1 + (n % 7) }, () => named())),
      ),
    ).finally(() => {
      writing.isDone = true;
    });
    const seen: { through: string; ids: ReadonlySet<string> }[] = [];
    while (!writing.isDone) {
      const { headers, json } = await store().list();
      const ids = new Set((json['statements'] as { id: string }[]).map(({ id }) => id));
      seen.push({ through: String(headers['x-experience-api-consistent-through']), ids });
    }
    await work;
    const { json } = await store().list();
    const all = json['statements'] as { id: string; stored: string }[];
    expect(seen.length).toBeGreaterThan(2);
    for (const { through, ids } of seen)
      expect(all.filter(({ id, stored }) => stored <= through && !ids.has(id))).toEqual([]);
  });
});
