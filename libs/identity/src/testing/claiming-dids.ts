import { beforeAll, beforeEach } from '@jest/globals';
import { SignJWT } from 'jose';
import { type Did, newDidJwk, newDidKey } from './did.js';
import { NOW } from './running-identity.js';
import { usingIdentity } from './using-identity.js';

/** Who claims. */
export const ADA = 'learner:per_ada';
/** Who tries to claim the same. */
export const BEN = 'learner:per_ben';
const AUDIENCE = 'https://ledger.example';
/** Now, as a JWT writes it. */
export const SECOND = Date.parse(NOW) / 1_000;

type Change = Readonly<Record<string, unknown>>;

/** Two people, two providers that have sent something of each DID, and what its holder signs. */
export const usingDids = () => {
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

  return { world, dids: () => dids, nonce, claims, sign, claim, send, owner, claimed };
};
