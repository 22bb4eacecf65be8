import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import { createService, loadConfig } from '#platform';
import { named } from '../../testing/samples.js';
import { attachment, multipart, usingXapiStore } from '../../testing/xapi-store.js';

const store = usingXapiStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

const someone = () => ({
  account: { homePage: 'https://uni.example', name: `s-${randomUUID()}` },
});
/** As a person who signs in, claims an account and has everything erased. */
const erase = async (identity: LearnerIdentity): Promise<void> => {
  const { vault } = store().recorder.service.foundation;
  const person = newId('per');
  const [alias = ''] = await vault.aliasesFor([{ provider: store().client, identity }]);
  await vault.createPerson(person);
  await vault.link(person, alias, 1);
  await vault.destroy(person);
};

describe('after an erasure', () => {
  const places: readonly (readonly [string, (gone: object, other: object) => object])[] = [
    ['the actor', (gone) => ({ actor: gone })],
    ['the object', (gone, other) => ({ actor: other, object: { objectType: 'Agent', ...gone } })],
    ['an instructor', (gone, other) => ({ actor: other, context: { instructor: gone } })],
    [
      'in a team',
      (gone, other) => ({
        actor: other,
        context: { team: { objectType: 'Group', member: [other, gone] } },
      }),
    ],
    [
      'one of a group',
      (gone, other) => ({ actor: { objectType: 'Group', member: [other, gone] } }),
    ],
    [
      'in a statement inside',
      (gone, other) => ({
        actor: other,
        object: {
          objectType: 'SubStatement',
          actor: gone,
          verb: { id: 'http://adlnet.gov/expapi/verbs/planned' },
          object: { id: 'https://uni.example/course/12' },
        },
      }),
    ],
  ];

  it.each(places)('statements where the person was %s are not there', async (_, sayingOf) => {
    const [gone, other] = [someone(), someone()];
    const text = `an essay of ${randomUUID()}`;
    const registration = randomUUID();
    const said = named(sayingOf(gone, other));
    const about = {
      ...said,
      context: { ...('context' in said ? (said.context as object) : {}), registration },
      attachments: [attachment(text)],
    };
    const others = named({ actor: other, context: { registration } });
    await store().post([about, others], multipart([about, others], [text]));
    const filters = [
      { registration },
      { agent: JSON.stringify(other), related_agents: 'true' },
      { agent: JSON.stringify(gone), related_agents: 'true' },
      { agent: JSON.stringify(gone) },
    ];
    expect(await store().ids({ registration })).toEqual([others.id, about.id]);
    expect(await store().ids({ agent: JSON.stringify(gone), related_agents: 'true' })).toEqual([
      about.id,
    ]);
    const before = await store().recorder.size();

    await erase(gone);

    expect((await store().get(about.id)).json).toMatchObject({ status: 404, code: 'not-found' });
    expect((await store().get(about.id, 'voidedStatementId')).status).toBe(404);
    for (const filter of filters) {
      expect(await store().ids(filter)).not.toContain(about.id);
      const whole = await store().list({ ...filter, attachments: 'true' });
      expect(whole.status).toBe(200);
      expect(whole.text).not.toContain(text);
    }
    expect(await store().ids({ registration })).toEqual([others.id]);
    expect((await store().get(others.id)).json['actor']).toEqual(other);
    expect(await store().recorder.size()).toBe(before);
  });

  it('the others’ events in the ledger stay, also of the same statement', async () => {
    const [gone, other] = [someone(), someone()];
    const before = await store().recorder.size();
    const said = named({ actor: other, context: { instructor: gone } });
    await store().post(said);
    await erase(gone);
    expect((await store().get(said.id)).status).toBe(404);
    const { data } = await store().recorder.entryAt(before);
    expect(data).toMatchObject({ verb: 'passed' });
  });

  it('a statement can be sent again neither as it was nor otherwise', async () => {
    const gone = someone();
    const said = named({ actor: gone });
    await store().post(said);
    await erase(gone);
    for (const body of [said, { ...said, actor: someone() }]) {
      const { status, json } = await store().request('POST', 'statements', { body });
      expect([status, json['code']]).toEqual([410, 'event-erased']);
    }
    expect((await store().get(said.id)).status).toBe(404);
  });

  it('pages may be short, and lead on', async () => {
    const gone = someone();
    const registration = randomUUID();
    const all = Array.from({ length: 9 }, (_, n) =>
      named({ actor: n % 3 === 2 ? someone() : gone, context: { registration } }),
    );
    await store().post(all);
    await erase(gone);
    const kept = [all[8], all[5], all[2]].map((one) => one?.id);
    const pages = await store().pages({ registration, limit: '2' });
    expect(pages.flat()).toEqual(kept);
    expect(pages).toHaveLength(5);
  });

  it('what the person said of an activity is no more; what others said is', async () => {
    const [gone, other] = [someone(), someone()];
    const id = `https://uni.example/${randomUUID()}`;
    const definition = (en: string) => ({ object: { id, definition: { name: { en } } } });
    await store().post(named({ actor: gone, ...definition('A secret of mine') }));
    await store().post(named({ actor: other, ...definition('Course') }));
    await erase(gone);
    const { json } = await store().request('GET', `activities?activityId=${id}`);
    expect(json['definition']).toEqual({ name: { en: 'Course' } });
  });

  it('nothing that is left opens', async () => {
    const [gone, other] = [someone(), someone()];
    const said = named({ actor: other, context: { instructor: gone } });
    await store().post(said);
    await erase(gone);
    const { db, vault } = store().recorder.service.foundation;
    const [row] = await db.query<{ people: string; wrapped_key: Buffer }[]>(
      'select people, wrapped_key from recording.statement where id = $1',
      [said.id],
    );
    const people = row?.people.split(' ') ?? [];
    expect(people).toHaveLength(2);
    expect(new Set(await vault.areErased(people))).toEqual(new Set([false, true]));
    // The other's share alone is as long as a key, and is none.
    expect(row?.wrapped_key.length).toBeGreaterThan(64);
  });
});

it('a statement with a thousand people in it is like any other', async () => {
  const member = Array.from({ length: 1_000 }, () => someone());
  const said = named({ actor: { objectType: 'Group', member } });
  await store().post(said);
  expect((await store().get(said.id)).json['actor'].member).toEqual(member);
  const [last] = member.slice(-1);
  expect(await store().ids({ agent: JSON.stringify(last) })).toEqual([said.id]);
  if (last) await erase(last);
  expect((await store().get(said.id)).status).toBe(404);
}, 30_000);
