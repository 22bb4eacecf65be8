import { describe, expect, it } from '@jest/globals';
import { usingIdentity } from './testing/using-identity.js';

const UNI = 'provider:uni:uni';
const LMS = 'urn:llcl:uni:lms';
const OTHER = 'urn:llcl:uni:other';

describe('who may correct for a provider', () => {
  const world = usingIdentity();
  const setUp = async (): Promise<void> => {
    await world().register('uni', undefined, [OTHER, LMS]);
    await world().register('qa');
  };
  const name = (client: string, body: object = {}, who = UNI) =>
    world().ask(who, 'PUT', `/v1/me/correctors/${client}`, body);
  const dismiss = (client: string, who = UNI) =>
    world().ask(who, 'DELETE', `/v1/me/correctors/${client}`);
  const list = async (who = UNI) => {
    await world().readLog();
    return (await world().ask(who, 'GET', '/v1/me/correctors')).json['data'];
  };
  const sends = (name: string) => ({
    corrects: `urn:llcl:uni:${name}`,
    sends: `urn:llcl:qa:for.uni.${name}`,
  });

  it('is told by the provider: for all its sources, for some, for none', async () => {
    await setUp();
    expect((await name('qa')).status).toBe(204);
    expect(await list()).toEqual([{ client: 'qa', sources: [sends('lms'), sends('other')] }]);
    await name('qa', { sources: [LMS] });
    expect(await list()).toEqual([{ client: 'qa', sources: [sends('lms')] }]);
    expect(await list('provider:qa:qa')).toEqual([]);
    expect((await dismiss('qa')).status).toBe(204);
    expect(await list()).toEqual([]);
    await name('qa', { sources: [LMS] });
    expect(await list()).toEqual([{ client: 'qa', sources: [sends('lms')] }]);
  });

  it('is an entry each time that it changes, and only then', async () => {
    await setUp();
    await dismiss('qa');
    expect((await dismiss('%00')).said).toBe('not-found');
    await name('qa');
    await name('qa', { sources: [LMS, OTHER, LMS] });
    await dismiss('qa');
    await dismiss('qa');
    expect(world().kinds().slice(2)).toEqual(['corrector-named', 'corrector-dismissed']);
  });

  it('is the same however the log is read', async () => {
    await setUp();
    await name('qa');
    await dismiss('qa');
    await world().forgetReadModels();
    await world().readLog('backwards');
    expect((await world().ask(UNI, 'GET', '/v1/me/correctors')).json['data']).toEqual([]);
  });

  it.each([
    ['who is no client', 'nobody', {}, 'not-found'],
    ['who has no name', '%00', {}, 'not-found'],
    ['oneself', 'uni', {}, 'invalid-input'],
    ['for what is another’s', 'qa', { sources: [LMS, 'urn:llcl:mooc:lms'] }, 'source-not-yours'],
    ['for no source', 'qa', { sources: [] }, 'invalid-input'],
    ['for what is no source', 'qa', { sources: ['lms'] }, 'invalid-input'],
    ['for something else', 'qa', { all: true }, 'invalid-input'],
  ])('is not %s', async (_, client, body, code) => {
    await setUp();
    expect((await name(client, body)).said).toBe(code);
    expect(world().kinds()).toHaveLength(2);
  });

  it('is not told by who has no source, nor by anybody but a provider', async () => {
    await setUp();
    expect((await name('uni', {}, 'provider:qa:qa')).said).toBe('invalid-input');
    for (const who of ['learner:per_ada', 'admin:per_ada', 'officer:per_ada:uni'])
      expect((await name('qa', {}, who)).said).toBe('not-allowed');
    expect((await name('qa', {}, '')).said).toBe('not-signed-in');
    expect((await dismiss('qa', '')).said).toBe('not-signed-in');
  });
});
