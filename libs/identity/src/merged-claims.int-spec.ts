import { describe, expect, it } from '@jest/globals';
import { accountOf, ADA, ADA2, BEN, usingMerges } from './testing/merging.js';

describe('a learner who signed up more than once', () => {
  const { world, merge, split, claimsOf } = usingMerges();

  it('gives up and takes up again what she had claimed as the other', async () => {
    await world().claim(ADA2, 'uni', accountOf('2'));
    await merge(ADA, ADA2);
    const [claim] = await claimsOf(ADA);
    const path = `/v1/me/claims/${claim?.id}`;
    expect((await world().ask(ADA, 'DELETE', path)).status).toBe(204);
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'released' }]);
    expect((await world().ask(ADA, 'POST', `${path}/restore`)).status).toBe(200);
    await split(ADA);
    expect([await claimsOf(ADA), await claimsOf(ADA2)]).toMatchObject([[], [{ state: 'claimed' }]]);
  });

  it('is one person for who claims: the account of the other is hers already', async () => {
    await world().claim(ADA2, 'uni', accountOf('2'));
    expect((await world().claim(ADA, 'uni', accountOf('2'))).said).toBe('account-claimed');
    await merge(ADA, ADA2);
    expect((await world().claim(ADA, 'uni', accountOf('2'))).status).toBe(201);
    expect(await claimsOf(ADA)).toHaveLength(1);
    expect((await world().claim(BEN, 'uni', accountOf('2'))).said).toBe('account-claimed');
    expect(
      world()
        .kinds()
        .filter((kind) => kind === 'alias-claimed'),
    ).toHaveLength(1);
  });

  it('cannot claim again, as either, with the code of an account that its provider took back', async () => {
    const learner = accountOf('2');
    const asked = await world().ask('provider:uni:uni', 'POST', '/v1/claim-codes', { learner });
    const claim = async (who: string) =>
      (await world().ask(who, 'POST', '/v1/me/claims', { code: asked.json['code'] })).said;
    expect(await claim(ADA2)).toBe(201);
    await merge(ADA, ADA2);
    // The same code again changes nothing, nor who has used it.
    expect(await claim(ADA)).toBe(201);
    const taken = await world().ask('provider:uni:uni', 'POST', '/v1/account-releases', {
      learner,
    });
    expect(taken.json).toEqual({ released: true });
    for (const who of [ADA, ADA2]) expect(await claim(who)).toBe('claim-code-invalid');
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'released' }]);
  });

  it('leaves whoever used a code first its user, also after a split', async () => {
    const learner = accountOf('2');
    const asked = await world().ask('provider:uni:uni', 'POST', '/v1/claim-codes', { learner });
    const claim = async (who: string) =>
      (await world().ask(who, 'POST', '/v1/me/claims', { code: asked.json['code'] })).said;
    await claim(ADA2);
    await merge(ADA, ADA2);
    await claim(ADA);
    await split(ADA);
    expect([await claim(ADA2), await claim(ADA)]).toEqual([201, 'claim-code-invalid']);
  });

  it('shows an account once that was claimed as one, given up, and claimed as the other', async () => {
    await world().claim(ADA2, 'uni', accountOf('2'));
    const [claim] = await claimsOf(ADA2);
    await world().ask(ADA2, 'DELETE', `/v1/me/claims/${claim?.id}`);
    await merge(ADA, ADA2);
    await world().claim(ADA, 'uni', accountOf('2'));
    expect(await claimsOf(ADA)).toMatchObject([{ state: 'claimed' }]);
  });
});
