import { describe, expect, it } from '@jest/globals';
import type { Client } from '#contracts';
import { createService, loadConfig } from '#platform';
import { other, usingDocuments } from '../../testing/documents.js';
import { client } from '../../testing/samples.js';
import { ActivitiesResource } from './people-and-activities.js';

const documents = usingDocuments((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const { ask } = documents;

describe('/agents', () => {
  it('answers a person of what the request says', async () => {
    const { status, body } = await ask('GET', '/agents', {
      agent: JSON.stringify({ objectType: 'Agent', mbox: 'mailto:a@b.example', name: 'Amina' }),
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: { objectType: 'Person', mbox: ['mailto:a@b.example'], name: ['Amina'] },
    });
    const { agent } = documents;
    expect((await ask('HEAD', '/agents', { agent })).body).toEqual({
      objectType: 'Person',
      account: [(JSON.parse(agent) as { account: object }).account],
    });
  });

  it.each([
    {},
    { agent: '{"name":"Amina","objectType":"Agent"}' },
    { agent: 'x' },
    { agent: '{"objectType":"Group","mbox":"mailto:a@b.example"}' },
    { agent: '{"mbox":"mailto:a@b.example"}', foo: 'bar' },
  ])('refuses %j', async (parameters) => {
    expect(await ask('GET', '/agents', parameters, { version: '2.0.0' })).toMatchObject({
      status: 400,
    });
  });
});

describe('/activities', () => {
  it('answers an activity also where nothing is known of it', async () => {
    const { activityId } = documents;
    expect(await ask('GET', '/activities', { activityId })).toEqual({
      status: 200,
      body: { objectType: 'Activity', id: activityId },
    });
  });

  it('answers what is known of it to whoever said it', async () => {
    const { activityId } = documents;
    const definition = { name: { en: 'Nursing' } };
    const resource = new ActivitiesResource({
      definitionOf: ({ id }, asked) =>
        Promise.resolve(id === client.id && asked === activityId ? definition : undefined),
    });
    const get = (by: Client) =>
      resource.handle({
        method: 'GET',
        parameters: { activityId },
        headers: {},
        body: Buffer.alloc(0),
        client: by,
        version: '2.0.0',
      });
    const known = { objectType: 'Activity', id: activityId };
    expect((await get(client)).body).toEqual({ ...known, definition });
    expect((await get(other)).body).toEqual(known);
  });

  it.each([
    {},
    { activityId: '' },
    { activityId: 'true' },
    { activityId: 'a:b', activityid: 'a:b' },
  ])('refuses %j', async (parameters) => {
    const refused = await ask('GET', '/activities', parameters);
    expect(refused).toEqual({ status: 400, code: 'invalid-input' });
  });
});
