import { describe, expect, it } from '@jest/globals';
import { ADA, BEN, usingDids } from './testing/claiming-dids.js';
import { newDidKey } from './testing/did.js';

/** Whose it becomes once it is proven, and what stands in the way. */
describe('what was sent of a DID, where it is claimed', () => {
  const { world, dids, nonce, sign, claim, send, owner, claimed } = usingDids();

  it.each(['ed25519', 'p256', 'jwkEd25519', 'jwkP256'] as const)(
    'becomes theirs who have its key: %s',
    async (name) => {
      const { status, json } = await claim(await sign({}, dids()[name]));
      expect([status, json['provider'], json['state']]).toEqual([201, 'uni', 'claimed']);
      expect(await owner(dids()[name])).toBe('per_ada');
      expect(await owner(dids().other)).toBeUndefined();
    },
  );

  it('becomes theirs as one provider has sent it, and by another proof of the next', async () => {
    expect((await claim(await sign())).status).toBe(201);
    expect([await owner(), await owner(dids().ed25519, 'mooc')]).toEqual(['per_ada', undefined]);
    expect((await claim(await sign(), ADA, 'mooc')).status).toBe(201);
    expect(await owner(dids().ed25519, 'mooc')).toBe('per_ada');
  });

  it('is not theirs before the provider has sent it, and is made known by no claim', async () => {
    const fresh = await newDidKey('EdDSA');
    await world().register('school');
    const known = () =>
      world().vault.knownAliases([{ provider: 'school', identity: { did: fresh.did } }]);
    const refused = await claim(await sign({}, fresh), ADA, 'school');
    expect([refused.said, refused.json['errors'][0].pointer]).toEqual([
      'invalid-input',
      '#/provider',
    ]);
    expect([await known(), claimed()]).toEqual([[undefined], []]);
    // What another provider sends changes nothing about that.
    await send(fresh.did, 'uni');
    expect((await claim(await sign({}, fresh), ADA, 'school')).said).toBe('invalid-input');
    expect(await known()).toEqual([undefined]);
    await send(fresh.did, 'school');
    expect((await claim(await sign({}, fresh), ADA, 'school')).status).toBe(201);
    expect(await owner(fresh, 'school')).toBe('per_ada');
  });

  it('is claimed again with another proof, without a change', async () => {
    const first = await claim(await sign());
    const again = await claim(await sign());
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(claimed()).toHaveLength(1);
  });

  it('is refused to a second person with the same key, who is told nothing of the first', async () => {
    await claim(await sign());
    const refused = await claim(await sign({ nonce: await nonce(BEN) }), BEN);
    expect([refused.status, refused.said]).toEqual([409, 'account-claimed']);
    expect(JSON.stringify(refused.json)).not.toMatch(/per_|did:|urn:lrn/u);
    expect(await owner()).toBe('per_ada');
  });

  it('is one person’s of two who claim it at once', async () => {
    const [hers, his] = [await sign(), await sign({ nonce: await nonce(BEN) })];
    const answers = await Promise.all([claim(hers), claim(his, BEN)]);
    expect(answers.map(({ said }) => String(said)).toSorted()).toEqual(['201', 'account-claimed']);
    expect(claimed()).toHaveLength(1);
  });

  it('is not theirs again by their word alone once its provider has taken it back', async () => {
    await claim(await sign());
    const { did } = dids().ed25519;
    const as = 'provider:uni:uni';
    await world().ask(as, 'POST', '/v1/account-releases', { learner: { did } });
    expect((await claim(await sign())).said).toBe('account-not-restorable');
    expect(await owner()).toBeUndefined();
    // With a word of the provider's it is; and what they gave up themselves, they can take up.
    expect((await world().claim(ADA, 'uni', { did })).status).toBe(201);
    const { json } = await world().ask(ADA, 'GET', '/v1/me/claims');
    await world().ask(ADA, 'DELETE', `/v1/me/claims/${json['data'][0].id}`);
    expect(await owner()).toBeUndefined();
    expect((await claim(await sign())).status).toBe(201);
  });

  it.each([
    ['before they claimed it', async () => undefined],
    [
      'after they gave it up',
      async () => {
        const { json } = await claim(await sign());
        await world().ask(ADA, 'DELETE', `/v1/me/claims/${json['id']}`);
      },
    ],
  ])('is not theirs by their word alone where its provider took it back %s', async (_, before) => {
    await before();
    const learner = { did: dids().ed25519.did };
    const taken = await world().ask('provider:uni:uni', 'POST', '/v1/account-releases', {
      learner,
    });
    expect(taken.json).toEqual({ released: false });
    expect((await claim(await sign())).said).toBe('account-not-restorable');
    expect(await owner()).toBeUndefined();
    expect((await world().claim(ADA, 'uni', learner)).status).toBe(201);
    expect((await claim(await sign())).status).toBe(201);
    expect(await owner()).toBe('per_ada');
  });

  it('is not claimed of a provider that is unknown, and the proof can still be used', async () => {
    const proof = await sign();
    const { said, json } = await claim(proof, ADA, 'nobody');
    expect([said, json['errors'][0].pointer]).toEqual(['invalid-input', '#/provider']);
    expect((await claim(proof)).status).toBe(201);
  });

  it.each([
    { didProof: 'a.b.c' },
    { didProof: 'a.b.c', provider: '' },
    { didProof: 'a.b.c', provider: 'Uni\0' },
    { didProof: '', provider: 'uni' },
    { didProof: 7, provider: 'uni' },
    { didProof: 'x'.repeat(8193), provider: 'uni' },
    { didProof: 'a.b.c', provider: 'uni', code: 'ABCD' },
  ])('is asked for by one proof and one provider: %#', async (body) => {
    expect((await world().ask(ADA, 'POST', '/v1/me/claims', body)).said).toBe('invalid-input');
  });

  it('leaves nothing of the DID behind but an alias', async () => {
    await claim(await sign());
    const kept = await world().tryEverywhere(
      'select t::text as row from identity.used_assertion t union all select t::text from identity.claim t',
    );
    expect(kept).toHaveLength(2);
    expect(kept.join() + JSON.stringify(world().log.entries)).not.toContain('did:key');
  });
});
