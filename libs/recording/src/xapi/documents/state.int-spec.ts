import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import {
  idsOf,
  jsonOf,
  listOf,
  other,
  RACERS,
  racing,
  STATE,
  usingDocuments,
} from '../../testing/documents.js';

const documents = usingDocuments((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const { ask } = documents;

describe('state', () => {
  const one = '8f1b2d3c-0000-4000-8000-00000000000a';
  const two = '8f1b2d3c-0000-4000-8000-00000000000b';
  const place = (stateId: string, registration?: string) => ({
    activityId: documents.activityId,
    agent: documents.agent,
    stateId,
    ...(registration && { registration }),
  });
  const list = async (registration?: string) =>
    idsOf(await ask('GET', STATE, listOf(place('', registration))));

  it('is another in each registration, whatever the case of its UUID', async () => {
    for (const registration of [undefined, one, two])
      await ask('PUT', STATE, place('s', registration), { body: { at: registration ?? 'none' } });
    const at = async (registration?: string) =>
      jsonOf(await ask('GET', STATE, place('s', registration)));
    expect(await at()).toEqual({ at: 'none' });
    expect(await at(one.toUpperCase())).toEqual({ at: one });
    expect(await at(two)).toEqual({ at: two });
    expect(await ask('GET', STATE, place('s', 'true'))).toMatchObject({ status: 400 });
  });

  it('is listed and removed for one registration, or for all', async () => {
    await ask('PUT', STATE, place('s'), { body: {} });
    await ask('PUT', STATE, place('s', one), { body: {} });
    await ask('PUT', STATE, place('t', one), { body: {} });
    await ask('PUT', STATE, place('u', two), { body: {} });
    expect(await list(one)).toEqual(['s', 't']);
    expect(await list()).toEqual(['s', 't', 'u']);
    expect(await ask('DELETE', STATE, listOf(place('', one)))).toEqual({ status: 204 });
    expect(await list(one)).toEqual([]);
    expect(await list()).toEqual(['s', 'u']);
    expect(await ask('DELETE', STATE, listOf(place('')), { client: other })).toMatchObject({
      status: 204,
    });
    expect(await list()).toEqual(['s', 'u']);
    expect(await ask('DELETE', STATE, listOf(place('')))).toEqual({ status: 204 });
    expect(await list()).toEqual([]);
  });

  it('is not removed as a whole since a time: there is no such parameter', async () => {
    await ask('PUT', STATE, place('s'), { body: {} });
    const parameters = { ...listOf(place('')), since: '2026-05-04T09:00:00Z' };
    expect(await ask('DELETE', STATE, parameters)).toMatchObject({ status: 400 });
    expect(await list()).toEqual(['s']);
  });

  it('removed while somebody adds to it is not brought back in part', async () => {
    for (let round = 0; round < 5; round++) {
      await ask('PUT', STATE, place('s'), { body: { old: 1 } });
      await racing((n) =>
        n === RACERS / 2
          ? ask('DELETE', STATE, listOf(place('')))
          : ask('POST', STATE, place('s'), { body: { [`m${n}`]: n } }),
      );
      // Whoever came after the removal began anew; whoever came before was removed.
      const left = await ask('GET', STATE, place('s'));
      if (left.status === 200) expect(jsonOf(left)).not.toHaveProperty('old');
      else expect(left.status).toBe(404);
      await ask('DELETE', STATE, listOf(place('')));
    }
  });

  it('is one person’s by each way to name them, in each version', async () => {
    const mbox = 'mailto:amina@uni.example';
    const hash = createHash('sha1').update(mbox).digest('hex');
    const stateOf = (value: object) => ({ ...place('s'), agent: JSON.stringify(value) });
    await ask('PUT', STATE, stateOf({ mbox, name: 'Amina' }), { body: { a: 1 } });
    const byHash = stateOf({ objectType: 'Agent', mbox_sha1sum: hash.toUpperCase() });
    expect(jsonOf(await ask('GET', STATE, byHash, { version: '2.0.0' }))).toEqual({ a: 1 });
    const byOpenId = stateOf({ openid: 'https://amina.example/' });
    expect((await ask('GET', STATE, byOpenId)).status).toBe(404);
    const group = stateOf({ objectType: 'Group', mbox: 'mailto:class@uni.example' });
    expect((await ask('PUT', STATE, group, { body: {} })).status).toBe(400);
    expect((await ask('PUT', STATE, group, { body: {}, version: '2.0.0' })).status).toBe(204);
  });
});
