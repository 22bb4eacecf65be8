import { describe, expect, it } from '@jest/globals';
import type { Credential } from '#vc';
import { badge, clr, issuer, itemsOf, refused } from '../../testing/badges.js';

describe('a CLR 2.0', () => {
  it('is each credential in it, verified for itself', async () => {
    const good = await issuer.sign(badge());
    const bad = { ...(await issuer.sign(badge({ id: 'urn:x:2' }))), name: 'Changed' };
    const items = await itemsOf([await issuer.sign(clr([good, bad])), good]);
    const inside = '#/0/credentialSubject/verifiableCredential';
    expect(items).toMatchObject([
      { is: 'event', pointer: `${inside}/0`, format: 'open-badges-3.0' },
      refused(/changed/u, `${inside}/1`),
      { is: 'event', pointer: '#/1' },
    ]);
  });

  it.each<[string, RegExp, () => Promise<Credential>]>([
    [
      'was changed',
      /changed/u,
      async () => ({ ...(await issuer.sign(clr([await issuer.sign(badge())]))), name: 'x' }),
    ],
    ['is not signed', /not signed/u, async () => clr([await issuer.sign(badge())])],
    ['holds nothing', /holds no credential/u, () => issuer.sign(clr([]))],
    [
      'holds somebody else’s',
      /somebody else/u,
      async () => issuer.sign(clr([await issuer.sign(badge({}, { id: 'did:example:b' }))])),
    ],
    [
      'holds a record',
      /holds no credential/u,
      async () => issuer.sign(clr([await issuer.sign(clr([await issuer.sign(badge())]))])),
    ],
  ])('that %s is refused', async (_, detail, make) => {
    expect(await itemsOf(await make())).toMatchObject([refused(detail)]);
  });

  it('counts what is in it against the limit', async () => {
    const good = await issuer.sign(badge());
    await expect(itemsOf(Array(51).fill(7))).rejects.toMatchObject({ code: 'too-large' });
    const record = await issuer.sign(clr(Array(20).fill(good)));
    await expect(itemsOf([record, record, record])).rejects.toMatchObject({ code: 'too-large' });
  });
});
