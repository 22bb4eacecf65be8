import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
} from 'jose';
import type { Client } from '#contracts';
import { NOW } from './testing/running-identity.js';
import { usingIdentity } from './testing/using-identity.js';

const ADA = 'learner:per_ada';
const BEN = 'learner:per_ben';
const AUDIENCE = 'https://ledger.example';
const learner = { account: { homePage: 'https://uni.example', name: '204' } };
const SECOND = Date.parse(NOW) / 1_000;

type Change = Readonly<Record<string, unknown>>;
interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: NonNullable<Client['jwks']>['keys'][number];
}
const newKey = async (kid: string, alg: string): Promise<Key> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid } as unknown as Key['jwk'];
  return { kid, alg, privateKey, jwk };
};

/** What a provider may sign, and everything else somebody may try. */
describe('an account that its provider says is theirs', () => {
  const world = usingIdentity('per_ada', 'per_ben');
  let keys: Readonly<Record<'eddsa' | 'es256' | 'rs256' | 'foreign' | 'mooc', Key>>;

  beforeAll(async () => {
    const [eddsa, es256, rs256, foreign, mooc] = await Promise.all([
      newKey('k1', 'EdDSA'),
      newKey('k2', 'ES256'),
      newKey('k3', 'RS256'),
      newKey('k1', 'EdDSA'),
      newKey('k1', 'EdDSA'),
    ]);
    keys = { eddsa, es256, rs256, foreign, mooc };
  });
  beforeEach(async () => {
    const { eddsa, es256, rs256, mooc } = keys;
    await world().register('uni', { keys: [eddsa.jwk, es256.jwk, rs256.jwk] });
    await world().register('mooc', { keys: [mooc.jwk] });
    await world().register('keyless');
  });

  const nonce = async (who = ADA): Promise<string> =>
    (await world().ask(who, 'POST', '/v1/me/claim-nonces')).json['nonce'];
  let count = 0;
  const claims = async (change: Change = {}): Promise<JWTPayload> => {
    count += 1;
    return {
      iss: 'uni',
      aud: AUDIENCE,
      iat: SECOND,
      exp: SECOND + 300,
      jti: `statement-${count}`,
      nonce: change['nonce'] ?? (await nonce()),
      learner,
      ...change,
    };
  };
  const sign = async (
    change: Change = {},
    { kid, alg, privateKey }: Key = keys.eddsa,
    header: object = {},
  ): Promise<string> =>
    new SignJWT(await claims(change))
      .setProtectedHeader({ alg, kid, typ: 'account+jwt', ...header })
      .sign(privateKey);
  const claim = (assertion: string, who = ADA) =>
    world().ask(who, 'POST', '/v1/me/claims', { assertion });
  const owner = async (identityOf: object = learner, provider = 'uni') => {
    const [alias = ''] = await world().vault.aliasesFor([
      { provider, identity: identityOf as typeof learner },
    ]);
    return (await world().vault.personsOf([alias]))[0];
  };

  it.each(['eddsa', 'es256', 'rs256'] as const)('becomes theirs, signed with %s', async (name) => {
    const { status, json } = await claim(await sign({}, keys[name]));
    expect([status, json['provider'], json['state']]).toEqual([201, 'uni', 'claimed']);
    expect(await owner()).toBe('per_ada');
    expect(world().kinds()).toContain('alias-claimed');
  });

  it('is an account of the provider that signed, whatever it is called', async () => {
    expect((await claim(await sign({ iss: 'mooc' }, keys.mooc))).status).toBe(201);
    expect([await owner(), await owner(learner, 'mooc')]).toEqual([undefined, 'per_ada']);
  });

  it('is claimed again with another statement, without a change', async () => {
    const first = await claim(await sign());
    const again = await claim(await sign());
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(
      world()
        .kinds()
        .filter((kind) => kind === 'alias-claimed'),
    ).toHaveLength(1);
  });

  it('may be a mail hash: the provider vouches for it, the hash alone does not', async () => {
    const mail = { mailHash: 'a'.repeat(40) };
    expect((await claim(await sign({ learner: mail }))).status).toBe(201);
    expect([await owner(mail), await owner(mail, 'mooc')]).toEqual(['per_ada', undefined]);
  });

  it('is refused to a second person, who is told nothing of the first', async () => {
    await claim(await sign());
    const refused = await claim(await sign({ nonce: await nonce(BEN) }), BEN);
    expect(refused.said).toBe('account-claimed');
    expect(JSON.stringify(refused.json)).not.toMatch(/per_|204|urn:lrn/u);
    expect(await owner()).toBe('per_ada');
  });

  it('is proven once by each statement', async () => {
    const assertion = await sign();
    expect((await claim(assertion)).status).toBe(201);
    expect((await claim(assertion)).said).toBe('assertion-used');
    // What another provider calls by the same name is another statement.
    const jti = 'the-same-name';
    expect((await claim(await sign({ jti }))).status).toBe(201);
    expect((await claim(await sign({ jti, iss: 'mooc' }, keys.mooc))).status).toBe(201);
  });

  it('is proven by one of two uses at once', async () => {
    const assertion = await sign();
    const answers = await Promise.all([claim(assertion), claim(assertion)]);
    expect(new Set(answers.map(({ said }) => said))).toEqual(new Set([201, 'assertion-used']));
  });

  it('is not proven to who has stolen the statement', async () => {
    const assertion = await sign();
    expect((await claim(assertion, BEN)).said).toBe('assertion-not-for-you');
    // Nor is it used up by the theft.
    expect((await claim(assertion)).status).toBe(201);
  });

  it('can be proven to somebody who has merged since they asked', async () => {
    const assertion = await sign();
    await world().vault.merge('per_ada', 'per_ben', 1);
    expect((await claim(assertion)).status).toBe(201);
    expect(await owner()).toBe('per_ben');
  });

  it.each<[string, string, () => Promise<string>]>([
    [
      'signed for another ledger',
      'assertion-audience-wrong',
      () => sign({ aud: 'https://x.example' }),
    ],
    ['without an audience', 'assertion-audience-wrong', () => sign({ aud: undefined })],
    ['of an unknown issuer', 'assertion-issuer-unknown', () => sign({ iss: 'nobody' })],
    ['of an issuer without keys', 'assertion-issuer-unknown', () => sign({ iss: 'keyless' })],
    ['without an issuer', 'assertion-invalid', () => sign({ iss: undefined })],
    ['by the key of another client', 'assertion-invalid', () => sign({}, keys.mooc)],
    ['for an account of another client', 'assertion-invalid', () => sign({ iss: 'mooc' })],
    ['by an unknown key of the same name', 'assertion-invalid', () => sign({}, keys.foreign)],
    [
      'by a key that is not named',
      'assertion-invalid',
      () => sign({}, { ...keys.eddsa, kid: 'x' }),
    ],
    ['that expired', 'assertion-expired', () => sign({ iat: SECOND - 500, exp: SECOND - 61 })],
    ['made long ago', 'assertion-expired', () => sign({ iat: SECOND - 700, exp: SECOND + 100 })],
    ['good for too long', 'assertion-invalid', () => sign({ exp: SECOND + 601 })],
    ['from the future', 'assertion-invalid', () => sign({ iat: SECOND + 90, exp: SECOND + 200 })],
    ['without an end', 'assertion-invalid', () => sign({ exp: undefined })],
    ['without a beginning', 'assertion-invalid', () => sign({ iat: undefined })],
    ['without an id', 'assertion-invalid', () => sign({ jti: undefined })],
    ['without a nonce', 'assertion-invalid', () => sign({ nonce: 7 })],
    [
      'with a nonce of its own making',
      'assertion-not-for-you',
      () => sign({ nonce: 'zzzzzzzz.x' }),
    ],
    ['about nobody', 'assertion-invalid', () => sign({ learner: undefined })],
    ['about something else', 'assertion-invalid', () => sign({ learner: { mail: 'a@b.example' } })],
    [
      'that is another kind of token',
      'assertion-invalid',
      () => sign({}, keys.eddsa, { typ: 'JWT' }),
    ],
    [
      'that nobody signed',
      'assertion-invalid',
      async () => new UnsecuredJWT(await claims()).encode(),
    ],
    ['that is no JWT', 'assertion-invalid', async () => 'a.b.c'],
  ])('is not proven by a statement %s', async (_, code, make) => {
    expect((await claim(await make())).said).toBe(code);
    expect(await owner()).toBeUndefined();
    expect(world().kinds()).not.toContain('alias-claimed');
  });

  it('is not proven by a key that everybody knows: the public one as a secret', async () => {
    const secret = Buffer.from(JSON.stringify(keys.eddsa.jwk));
    const assertion = await new SignJWT(await claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'account+jwt' })
      .sign(secret);
    expect((await claim(assertion)).said).toBe('assertion-invalid');
  });

  it('is not proven by a key that the statement brings along', async () => {
    const { foreign } = keys;
    const header = { jwk: foreign.jwk, jku: 'https://evil.example/jwks' };
    expect((await claim(await sign({}, foreign, header))).said).toBe('assertion-invalid');
  });

  it('is not proven when a letter of it was changed', async () => {
    const [head = '', body = '', signature = ''] = (await sign()).split('.');
    const said = JSON.parse(Buffer.from(body, 'base64url').toString());
    const other = { ...said, learner: { account: { ...learner.account, name: '205' } } };
    const forged = Buffer.from(JSON.stringify(other)).toString('base64url');
    expect((await claim(`${head}.${forged}.${signature}`)).said).toBe('assertion-invalid');
  });

  it('is not proven once the nonce is too old', async () => {
    const early = await nonce();
    world().clock.set('2026-06-01T08:30:00.000Z');
    const late = SECOND + 1_800;
    const assertion = await sign({ nonce: early, iat: late, exp: late + 60 });
    expect((await claim(assertion)).said).toBe('assertion-not-for-you');
  });

  it('is not found by trying: ten tries in ten minutes', async () => {
    for (let n = 0; n < 10; n += 1) await claim('a.b.c');
    expect((await claim(await sign())).said).toBe('rate-limited');
  });

  it.each([
    {},
    { code: 'ABCD', assertion: 'a.b.c' },
    { assertion: '' },
    { assertion: 7 },
    {
      assertion: 'x'.repeat(8193),
    },
  ])('is asked for by one proof: %#', async (body) => {
    expect((await world().ask(ADA, 'POST', '/v1/me/claims', body)).said).toBe('invalid-input');
  });

  it('is for learners who are there', async () => {
    for (const who of ['provider:uni:uni', 'officer:per_x:uni'])
      expect((await world().ask(who, 'POST', '/v1/me/claim-nonces')).said).toBe('not-allowed');
    expect((await world().ask('learner:per_gone', 'POST', '/v1/me/claim-nonces')).said).toBe(
      'not-found',
    );
  });

  it('leaves nothing personal of the statement behind', async () => {
    await claim(await sign());
    const kept = await world().tryEverywhere(
      'select t::text as row from identity.used_assertion t union all select t::text from identity.claim t',
    );
    expect(kept).toHaveLength(2);
    expect(kept.join()).not.toContain('204');
  });
});
