import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import {
  ACTIVITY,
  AGENT,
  jsonOf,
  listOf,
  NEW,
  STATE,
  usingDocuments,
} from '../../testing/documents.js';
import { client } from '../../testing/samples.js';

const documents = usingDocuments((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const { ask, rows } = documents;

describe.each(documents.kinds)('%s', (path, named) => {
  it('keeps nothing readable in the database', async () => {
    const { activityId, agent } = documents;
    const place = { ...named(), [path === STATE ? 'stateId' : 'profileId']: 'secret-bookmark' };
    await ask('PUT', path, place, { body: { at: 'secret-chapter' }, ...NEW });
    const all = await documents.db.query<Record<string, unknown>[]>(
      'select * from recording.document',
    );
    const text = all
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join('\n');
    expect(text.length).toBeGreaterThan(100);
    const at = Buffer.from('{"at":"secret-chapter"}');
    const secrets = ['secret', client.id, activityId, 'uni.example', agent, at.toString('base64')];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const hashes = ['sha1', 'sha256'].map((name) =>
      createHash(name).update(at).digest().toString('latin1'),
    );
    expect(hashes.filter((hash) => text.includes(hash))).toEqual([]);
  });

  it('does not open what was moved to another row', async () => {
    const [one, two] = [named(), { ...named(), [path === STATE ? 'stateId' : 'profileId']: 'two' }];
    await documents.db.query('truncate recording.document');
    for (const place of [one, two]) await ask('PUT', path, place, { body: place, ...NEW });
    await documents.db.query(
      `update recording.document as mine set content = theirs.content
       from recording.document as theirs where mine.token <> theirs.token`,
    );
    await expect(ask('GET', path, one)).rejects.toThrow(/authenticate/u);
  });
});

describe('an erased learner', () => {
  it('has no documents, and begins anew if the client names them again', async () => {
    const { activityId, agent, vault } = documents;
    const state = { activityId, agent, stateId: 's' };
    const profile = { agent, profileId: 'p' };
    await ask('PUT', STATE, state, { body: { a: 1 } });
    await ask('POST', AGENT, profile, { body: { a: 1 } });
    await ask('POST', ACTIVITY, { activityId, profileId: 'p' }, { body: { a: 1 } });
    const before = await rows();
    const identity = JSON.parse(agent) as { account: { homePage: string; name: string } };
    const [alias = ''] = await vault.aliasesFor([{ provider: client.id, identity }]);
    await vault.createPerson('prs_amina');
    await vault.link('prs_amina', alias, 1);
    await vault.destroy('prs_amina');

    expect(await ask('GET', STATE, state)).toMatchObject({ status: 404 });
    expect(await ask('GET', AGENT, profile)).toMatchObject({ status: 404 });
    expect((await ask('GET', STATE, listOf(state))).body).toEqual([]);
    expect((await ask('GET', AGENT, listOf(profile))).body).toEqual([]);
    expect(await ask('DELETE', STATE, state)).toEqual({ status: 204 });
    expect(await ask('DELETE', STATE, listOf(state))).toEqual({ status: 204 });
    // What is left of them is ciphertext without a key; the activity's profile is not theirs.
    expect(await rows()).toBe(before);
    expect((await ask('GET', ACTIVITY, { activityId, profileId: 'p' })).status).toBe(200);

    expect(await ask('POST', AGENT, profile, { body: { b: 1 } })).toEqual({ status: 204 });
    expect(jsonOf(await ask('GET', AGENT, profile))).toEqual({ b: 1 });
  });
});
