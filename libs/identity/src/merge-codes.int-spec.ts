import { describe, expect, it } from '@jest/globals';
import { accountOf, ADA, ADA2, BEN, usingMerges } from './testing/merging.js';

describe('a learner who signed up more than once', () => {
  const { world, code, enter, merge, mergesOf, split, same } = usingMerges();

  it.each([
    ['a wrong code', async () => 'ABCD-EFGH-IJKL-MNOP'],
    [
      'a code for an account',
      async () => {
        const asked = { learner: accountOf('1') };
        return (await world().ask('provider:uni:uni', 'POST', '/v1/claim-codes', asked)).json[
          'code'
        ];
      },
    ],
    [
      'a code of an hour ago',
      async () => {
        const given = await code(ADA2);
        world().clock.set('2026-06-01T09:00:00.000Z');
        return given;
      },
    ],
  ] as [string, () => Promise<string>][])('does not merge with %s', async (_, make) => {
    expect((await enter(ADA, await make())).said).toBe('merge-code-invalid');
    expect(world().kinds()).toEqual([]);
  });

  it('does not merge with herself, nor with who was erased', async () => {
    expect((await merge(ADA, ADA)).said).toBe('merge-with-oneself');
    const given = await code(ADA2);
    await world().vault.destroy('per_ada2');
    expect((await enter(ADA, given)).said).toBe('not-found');
    expect(world().kinds()).toEqual([]);
  });

  it('uses a code once: somebody else who sees it comes too late', async () => {
    const given = await code(ADA2);
    await enter(ADA, given);
    expect((await enter(BEN, given)).said).toBe('merge-code-invalid');
    expect(await same('per_ben')).toEqual(['per_ben']);
  });

  it('cannot find a code by trying', async () => {
    for (let n = 0; n < 10; n += 1) await enter(ADA, 'ABCD-EFGH-IJKL-MNOP');
    expect((await merge(ADA, ADA2)).said).toBe('rate-limited');
  });

  it('is nobody else’s to part, nor twice', async () => {
    await merge(ADA, ADA2);
    const [{ id } = { id: '' }] = await mergesOf(ADA);
    expect((await split(BEN, id)).said).toBe('not-found');
    expect((await split(ADA, 'mrg_none')).said).toBe('not-found');
    expect((await split(ADA, id)).status).toBe(200);
    // Otherwise who was parted could get a link into the other record.
    for (const who of [ADA, ADA2]) expect((await split(who, id)).said).toBe('not-found');
  });

  it.each([
    ['POST', '/v1/me/merge-codes'],
    ['POST', '/v1/me/merges'],
    ['GET', '/v1/me/merges'],
    ['DELETE', '/v1/me/merges/mrg_x'],
  ])('is a learner: %s %s', async (method, url) => {
    const body = method === 'POST' ? { code: 'ABCD' } : undefined;
    for (const who of ['provider:uni:uni', 'officer:per_x:uni', 'admin:per_y'])
      expect((await world().ask(who, method, url, body)).said).toBe('not-allowed');
    expect((await world().ask('', method, url, body)).said).toBe('not-signed-in');
  });
});
