import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { type Did, didKeyOf, newDidJwk, newDidKey } from './testing/did.js';
import { NOW } from './testing/running-identity.js';
import { usingIdentity } from './testing/using-identity.js';

const ADA = 'learner:per_ada';
const BEN = 'learner:per_ben';
const AUDIENCE = 'https://ledger.example';
const SECOND = Date.parse(NOW) / 1_000;

type Change = Readonly<Record<string, unknown>>;

/** What the holder of a DID may sign, and everything else somebody may try. */
describe('what was sent of a DID', () => {
  const world = usingIdentity('per_ada', 'per_ben');
  let dids: Readonly<Record<'ed25519' | 'p256' | 'jwkEd25519' | 'jwkP256' | 'other', Did>>;

  beforeAll(async () => {
    const [ed25519, p256, jwkEd25519, jwkP256, other] = await Promise.all([
      newDidKey('EdDSA'),
      newDidKey('ES256'),
      newDidJwk('EdDSA'),
      newDidJwk('ES256'),
      newDidKey('EdDSA'),
    ]);
    dids = { ed25519, p256, jwkEd25519, jwkP256, other };
  });
  beforeEach(async () => {
    await world().register('uni');
    await world().register('mooc');
    for (const { did } of Object.values(dids))
      for (const by of ['uni', 'mooc']) await send(did, by);
  });

  const nonce = async (who = ADA): Promise<string> =>
    (await world().ask(who, 'POST', '/v1/me/claim-nonces')).json['nonce'];
  const claims = async (did: string, change: Change = {}): Promise<Record<string, unknown>> => ({
    iss: did,
    aud: AUDIENCE,
    iat: SECOND,
    exp: SECOND + 300,
    nonce: change['nonce'] ?? (await nonce()),
    ...change,
  });
  const sign = async (
    change: Change = {},
    { did, kid, alg, privateKey }: Did = dids.ed25519,
    header: object = {},
  ): Promise<string> =>
    new SignJWT(await claims(did, change))
      .setProtectedHeader({ alg, kid, typ: 'did-proof+jwt', ...header })
      .sign(privateKey);
  const claim = (didProof: string, who = ADA, provider = 'uni') =>
    world().ask(who, 'POST', '/v1/me/claims', { didProof, provider });
  /** As it is with the first event that a provider sends of somebody. */
  const send = (did: string, provider: string) =>
    world().vault.aliasesFor([{ provider, identity: { did } }]);
  const owner = async ({ did }: Pick<Did, 'did'> = dids.ed25519, provider = 'uni') => {
    const [alias = ''] = await world().vault.aliasesFor([{ provider, identity: { did } }]);
    return (await world().vault.personsOf([alias]))[0];
  };
  const claimed = () =>
    world()
      .kinds()
      .filter((kind) => kind === 'alias-claimed');

  it.each(['ed25519', 'p256', 'jwkEd25519', 'jwkP256'] as const)(
    'becomes theirs who have its key: %s',
    async (name) => {
      const { status, json } = await claim(await sign({}, dids[name]));
      expect([status, json['provider'], json['state']]).toEqual([201, 'uni', 'claimed']);
      expect(await owner(dids[name])).toBe('per_ada');
      expect(await owner(dids.other)).toBeUndefined();
    },
  );

  it('becomes theirs as one provider has sent it, and by another proof of the next', async () => {
    expect((await claim(await sign())).status).toBe(201);
    expect([await owner(), await owner(dids.ed25519, 'mooc')]).toEqual(['per_ada', undefined]);
    expect((await claim(await sign(), ADA, 'mooc')).status).toBe(201);
    expect(await owner(dids.ed25519, 'mooc')).toBe('per_ada');
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

  it('is not proven twice by one proof, nor for another provider', async () => {
    const proof = await sign();
    expect((await claim(proof)).status).toBe(201);
    expect((await claim(proof)).said).toBe('did-proof-used');
    expect((await claim(proof, ADA, 'mooc')).said).toBe('did-proof-used');
    expect(await owner(dids.ed25519, 'mooc')).toBeUndefined();
  });

  it('is proven by one of two uses at once', async () => {
    const proof = await sign();
    const answers = await Promise.all([claim(proof), claim(proof)]);
    expect(new Set(answers.map(({ said }) => said))).toEqual(new Set([201, 'did-proof-used']));
  });

  it('is proven once with each nonce, whatever else is signed with it, until it has run out', async () => {
    const once = await nonce();
    expect((await claim(await sign({ nonce: once }))).status).toBe(201);
    expect((await claim(await sign({ nonce: once }, dids.other))).said).toBe('did-proof-used');
    world().clock.set('2026-06-01T08:29:00.000Z');
    const late = { iat: SECOND + 1_740, exp: SECOND + 1_800 };
    // Others are tidied away meanwhile.
    await claim(await sign({ ...late, nonce: await nonce(BEN) }, dids.p256), BEN);
    const again = await sign({ ...late, nonce: once }, dids.other);
    expect((await claim(again)).said).toBe('did-proof-used');
    world().clock.set('2026-06-01T08:30:00.000Z');
    const over = { iat: SECOND + 1_800, exp: SECOND + 1_860 };
    expect((await claim(await sign({ ...over, nonce: once }, dids.other))).said).toBe(
      'did-proof-not-for-you',
    );
  });

  it.each<[string, (nonce: string) => string]>([
    ['with more behind it', (given) => `${given}.again`],
    ['with a point behind it', (given) => `${given}.`],
    ['in capitals', (given) => given.replace(/^[^.]+/u, (time) => time.toUpperCase())],
    ['with something behind the time', (given) => given.replace('.', '!.')],
    ['with a nought before it', (given) => `0${given}`],
    ['with a sign before it', (given) => `+${given}`],
    ['with space before it', (given) => ` ${given}`],
    ['with a salt in capitals', (given) => given.replace(/\.[^.]+/u, (salt) => salt.toUpperCase())],
    ['with a mark of base64 behind it', (given) => `${given}=`],
  ])('is not proven with a nonce %s, used or not', async (_, spell) => {
    const once = await nonce();
    const spelt = spell(once);
    expect(spelt).not.toBe(once);
    expect((await claim(await sign({ nonce: spelt }))).said).toBe('did-proof-not-for-you');
    expect((await claim(await sign({ nonce: once }))).status).toBe(201);
    expect((await claim(await sign({ nonce: spelt }, dids.other))).said).toBe(
      'did-proof-not-for-you',
    );
    expect(await owner(dids.other)).toBeUndefined();
  });

  it('is not proven to who has stolen the proof', async () => {
    const proof = await sign();
    expect((await claim(proof, BEN)).said).toBe('did-proof-not-for-you');
    expect(await owner()).toBeUndefined();
    // Nor is it used up by the theft.
    expect((await claim(proof)).status).toBe(201);
  });

  it('is not theirs again by their word alone once its provider has taken it back', async () => {
    await claim(await sign());
    const { did } = dids.ed25519;
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
    const learner = { did: dids.ed25519.did };
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

  it.each<[string, string, () => Promise<string>]>([
    ['for another ledger', 'did-proof-audience-wrong', () => sign({ aud: 'https://x.example' })],
    ['without an audience', 'did-proof-audience-wrong', () => sign({ aud: undefined })],
    ['that expired', 'did-proof-expired', () => sign({ iat: SECOND - 500, exp: SECOND - 61 })],
    ['made long ago', 'did-proof-expired', () => sign({ iat: SECOND - 700, exp: SECOND + 100 })],
    ['good for too long', 'did-proof-invalid', () => sign({ exp: SECOND + 601 })],
    ['from the future', 'did-proof-invalid', () => sign({ iat: SECOND + 90, exp: SECOND + 200 })],
    ['without an end', 'did-proof-invalid', () => sign({ exp: undefined })],
    ['without a beginning', 'did-proof-invalid', () => sign({ iat: undefined })],
    ['without a nonce', 'did-proof-invalid', () => sign({ nonce: 7 })],
    ['with a nonce of its own', 'did-proof-not-for-you', () => sign({ nonce: 'zzzzzzzz.x.x' })],
    ['by the key of another DID', 'did-proof-invalid', () => sign({}, stolen())],
    [
      'of another DID than its key',
      'did-proof-invalid',
      () => sign({ iss: dids.other.did }, dids.ed25519),
    ],
    ['without an issuer', 'did-proof-invalid', () => sign({ iss: undefined })],
    ['without a key', 'did-proof-invalid', () => sign({}, { ...dids.ed25519, kid: '' })],
    [
      'by another key of the DID than it has',
      'did-proof-invalid',
      () => sign({}, { ...dids.ed25519, kid: `${dids.ed25519.did}#key-2` }),
    ],
    [
      'by no key of the DID',
      'did-proof-invalid',
      () => sign({}, { ...dids.ed25519, kid: dids.ed25519.did }),
    ],
    ['by a DID of a site', 'did-method-unsupported', () => sign({}, at('did:web:a.example'))],
    ['by a DID of a chain', 'did-method-unsupported', () => sign({}, at('did:ethr:0x00'))],
    [
      'by a key for agreement',
      'did-method-unsupported',
      () => sign({}, at(didKeyOf([0xec, 0x01], Buffer.alloc(32, 7)))),
    ],
    ['by something else', 'did-proof-invalid', () => sign({}, at('https://a.example/key'))],
    [
      'that is another kind of token',
      'did-proof-invalid',
      () => sign({}, dids.ed25519, { typ: 'account+jwt' }),
    ],
    [
      'that nobody signed',
      'did-proof-invalid',
      async () => new UnsecuredJWT(await claims(dids.ed25519.did)).encode(),
    ],
    ['that is no JWT', 'did-proof-invalid', async () => 'a.b.c'],
  ])('is not proven by a proof %s', async (_, code, make) => {
    const answer = await claim(await make());
    expect([answer.said, JSON.stringify(answer.json)]).toEqual([
      code,
      expect.not.stringMatching(/did:(?:key|jwk|web|ethr):[A-Za-z0-9]/u),
    ]);
    expect(await owner()).toBeUndefined();
    expect(claimed()).toEqual([]);
  });
  const stolen = (): Did => ({ ...dids.ed25519, privateKey: dids.other.privateKey });
  const at = (did: string): Did => ({ ...dids.ed25519, did, kid: `${did}#key-1` });

  it('is not proven by a key that everybody knows, or that the proof brings along', async () => {
    const { kid, did } = dids.ed25519;
    const header = { alg: 'HS256', kid, typ: 'did-proof+jwt' };
    const secret = Buffer.from(did);
    const guessed = await new SignJWT(await claims(did)).setProtectedHeader(header).sign(secret);
    expect((await claim(guessed)).said).toBe('did-proof-invalid');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' };
    expect((await claim(await sign({}, stolen(), { jwk }))).said).toBe('did-proof-invalid');
  });

  it('is not proven by what a provider signed, nor does a proof serve as a statement', async () => {
    const proof = await sign();
    const answer = await world().ask(ADA, 'POST', '/v1/me/claims', { assertion: proof });
    expect(answer.said).toBe('assertion-issuer-unknown');
    expect((await claim(proof)).status).toBe(201);
  });

  it('is not claimed of a provider that is unknown, and the proof can still be used', async () => {
    const proof = await sign();
    const { said, json } = await claim(proof, ADA, 'nobody');
    expect([said, json['errors'][0].pointer]).toEqual(['invalid-input', '#/provider']);
    expect((await claim(proof)).status).toBe(201);
  });

  it('is not found by trying: ten tries in ten minutes', async () => {
    for (let n = 0; n < 10; n += 1) await claim('a.b.c');
    expect((await claim(await sign())).said).toBe('rate-limited');
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
