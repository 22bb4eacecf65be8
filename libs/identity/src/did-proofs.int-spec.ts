import { describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { ADA, BEN, SECOND, usingDids } from './testing/claiming-dids.js';
import { type Did, didKeyOf } from './testing/did.js';

/** What the holder of a DID may sign, and everything else somebody may try. */
describe('what was sent of a DID, where it is to be proven', () => {
  const { world, dids, nonce, claims, sign, claim, owner, claimed } = usingDids();

  it('is not proven twice by one proof, nor for another provider', async () => {
    const proof = await sign();
    expect((await claim(proof)).status).toBe(201);
    expect((await claim(proof)).said).toBe('did-proof-used');
    expect((await claim(proof, ADA, 'mooc')).said).toBe('did-proof-used');
    expect(await owner(dids().ed25519, 'mooc')).toBeUndefined();
  });

  it('is proven by one of two uses at once', async () => {
    const proof = await sign();
    const answers = await Promise.all([claim(proof), claim(proof)]);
    expect(new Set(answers.map(({ said }) => said))).toEqual(new Set([201, 'did-proof-used']));
  });

  it('is proven once with each nonce, whatever else is signed with it, until it has run out', async () => {
    const once = await nonce();
    expect((await claim(await sign({ nonce: once }))).status).toBe(201);
    expect((await claim(await sign({ nonce: once }, dids().other))).said).toBe('did-proof-used');
    world().clock.set('2026-06-01T08:29:00.000Z');
    const late = { iat: SECOND + 1_740, exp: SECOND + 1_800 };
    // Others are tidied away meanwhile.
    await claim(await sign({ ...late, nonce: await nonce(BEN) }, dids().p256), BEN);
    const again = await sign({ ...late, nonce: once }, dids().other);
    expect((await claim(again)).said).toBe('did-proof-used');
    world().clock.set('2026-06-01T08:30:00.000Z');
    const over = { iat: SECOND + 1_800, exp: SECOND + 1_860 };
    expect((await claim(await sign({ ...over, nonce: once }, dids().other))).said).toBe(
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
    expect((await claim(await sign({ nonce: spelt }, dids().other))).said).toBe(
      'did-proof-not-for-you',
    );
    expect(await owner(dids().other)).toBeUndefined();
  });

  it('is not proven to who has stolen the proof', async () => {
    const proof = await sign();
    expect((await claim(proof, BEN)).said).toBe('did-proof-not-for-you');
    expect(await owner()).toBeUndefined();
    // Nor is it used up by the theft.
    expect((await claim(proof)).status).toBe(201);
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
      () => sign({ iss: dids().other.did }, dids().ed25519),
    ],
    ['without an issuer', 'did-proof-invalid', () => sign({ iss: undefined })],
    ['without a key', 'did-proof-invalid', () => sign({}, { ...dids().ed25519, kid: '' })],
    [
      'by another key of the DID than it has',
      'did-proof-invalid',
      () => sign({}, { ...dids().ed25519, kid: `${dids().ed25519.did}#key-2` }),
    ],
    [
      'by no key of the DID',
      'did-proof-invalid',
      () => sign({}, { ...dids().ed25519, kid: dids().ed25519.did }),
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
      () => sign({}, dids().ed25519, { typ: 'account+jwt' }),
    ],
    [
      'that nobody signed',
      'did-proof-invalid',
      async () => new UnsecuredJWT(await claims(dids().ed25519.did)).encode(),
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
  const stolen = (): Did => ({ ...dids().ed25519, privateKey: dids().other.privateKey });
  const at = (did: string): Did => ({ ...dids().ed25519, did, kid: `${did}#key-1` });

  it('is not proven by a key that everybody knows, or that the proof brings along', async () => {
    const { kid, did } = dids().ed25519;
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

  it('is not found by trying: ten tries in ten minutes', async () => {
    for (let n = 0; n < 10; n += 1) await claim('a.b.c');
    expect((await claim(await sign())).said).toBe('rate-limited');
  });
});
