import {
  calculateJwkThumbprintUri,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
  type JWK,
} from 'jose';
import { didDocument, type FindingCode, issuerIdOf, type Resolution, verifyCredential } from '#vc';
import { listOf, type Paper } from './reading.js';

/** Asymmetric, and nothing that is weak. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'RS256', 'PS256'];
/** A key that its own address says, in the fragment (Multikey of Ed25519). */
const KEY_IN_FRAGMENT = /^(?<id>[^#]{1,2000})#(?<key>z6Mk[1-9A-HJ-NP-Za-km-z]{44})$/u;

/** The key that is proven to have signed, as an IRI; or in plain words why nothing is proven. */
export type Proven = { readonly signer: string } | { readonly detail: string };

/** Why a credential is refused, for every finding that is not a pass. */
const REASONS: Readonly<Partial<Record<FindingCode, string>>> = {
  'signature-does-not-fit': 'The text is not what was signed: something in it was changed.',
  'undefined-terms': 'It uses words that nobody has defined, so no signature can cover them.',
  'proof-missing': 'It is not signed.',
  'proof-malformed': 'Its signature is damaged.',
  'proof-unsupported': 'It is signed in a way that is not read here; eddsa-rdfc-2022 is.',
  'context-missing': 'It is not a Verifiable Credential of version 2.0.',
  'context-inline': 'It brings meanings of its own for its words.',
  'context-unknown': 'It uses a vocabulary that is not held here, and nothing is fetched.',
  'form-unusual': 'It is written in a form in which parts of it could be hidden from a reader.',
  'too-complex': 'It is built in a way that takes too long to check.',
  'key-unknown': 'The key that signed it is published elsewhere, and nothing is fetched.',
  'key-of-somebody-else': 'It was signed, but not by the issuer that it names.',
  'key-not-for-credentials': 'It was signed with a key that is not meant for credentials.',
  'key-not-found': 'The issuer that it names has no such key.',
  'proof-expired': 'Its signature has run out.',
  'proof-in-future': 'Its signature is dated in the future.',
};
const reason = (code: FindingCode): Proven => ({
  detail: REASONS[code] ?? 'It cannot be checked.',
});

/**
 * Whether a paper is signed, every word of it, and with which key. Whose key that is nobody here
 * can tell: a name that a paper gives its issuer proves nothing. Nothing is fetched, so the key is
 * known only where the paper brings it: a did:key, a key in the fragment of its address, a `jwk`.
 */
export const prove = async (paper: Paper, now: Date): Promise<Proven> => {
  if (paper.jws !== undefined) return proveJws(paper, paper.jws, now);
  if (paper.kind === 'open-badges-2.0')
    return { detail: 'A hosted badge is checked at its address, and nothing is fetched here.' };
  const { credential } = paper;
  const keys = keysIn(paper);
  const { integrity, signer } = await verifyCredential({
    credential,
    now,
    resolveController: async (id): Promise<Resolution> => {
      const known = keys.filter((key) => key.id === id);
      return known.length === 0
        ? { state: 'unresolvable' }
        : {
            state: 'found',
            document: didDocument({
              did: id,
              keys: known.map(({ key }) => ({ keyId: key, publicKeyMultibase: key })),
            }),
          };
    },
  });
  if (integrity.result !== 'pass') return reason(integrity.code);
  if (signer.result !== 'pass') return reason(signer.code);
  const key = keys.find(({ id }) => id === issuerIdOf(credential));
  return key ? { signer: `did:key:${key.key}` } : reason('key-unknown');
};

const keysIn = ({ credential }: Paper): readonly { id: string; key: string }[] =>
  listOf(credential['proof']).flatMap((proof) => {
    const { verificationMethod } = Object(proof) as { readonly verificationMethod?: unknown };
    const { id, key } = KEY_IN_FRAGMENT.exec(String(verificationMethod))?.groups ?? {};
    return id === undefined || key === undefined ? [] : [{ id, key }];
  });

const proveJws = async ({ credential, claims }: Paper, jws: string, now: Date): Promise<Proven> => {
  const { jwk, alg } = decodeProtectedHeader(jws);
  if (!jwk) return reason('key-unknown');
  try {
    await compactVerify(jws, await importJWK(publicPart(jwk), alg), { algorithms: ALGORITHMS });
  } catch {
    // A key that is none, an algorithm that is not asked for, a signature that does not fit.
    return reason('signature-does-not-fit');
  }
  if (claims.iss !== undefined && claims.iss !== issuerIdOf(credential))
    return reason('key-of-somebody-else');
  if (typeof claims.exp === 'number' && claims.exp * 1_000 < now.getTime())
    return reason('proof-expired');
  return { signer: await calculateJwkThumbprintUri(publicPart(jwk)) };
};

/** Somebody who sends a private key has lost it; what is not needed is not looked at. */
const publicPart = ({ kty = '', crv, x, y, n, e }: JWK): JWK =>
  Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  ) as JWK;
