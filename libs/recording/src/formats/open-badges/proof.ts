import { calculateJwkThumbprintUri, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { didDocument, issuerIdOf, type Resolution, verifyCredential } from '#vc';
import type { ReadPublished } from '../../published-documents.js';
import { isSignedWith } from './jws.js';
import { listOf, type Paper } from './reading.js';
import { type Proven, reason } from './proven.js';
import { proveHosted, proveSigned } from './version-2.js';

/** A key that its own address says, in the fragment (Multikey of Ed25519). */
const KEY_IN_FRAGMENT = /^(?<id>[^#]{1,2000})#(?<key>z6Mk[1-9A-HJ-NP-Za-km-z]{44})$/u;

/**
 * Whether a paper is signed, every word of it, and with which key. Whose key that is nobody here
 * can tell: a name that a paper gives its issuer proves nothing. The key is known only where the paper
 * brings it: a did:key, a key in the fragment of its address, a `jwk`. A badge of version 2 that
 * brings none is looked up where its issuer publishes, as that version asks for.
 */
export const prove = async (paper: Paper, now: Date, read: ReadPublished): Promise<Proven> => {
  const { jws } = paper;
  if (paper.kind === 'open-badges-2.0' && jws === undefined) return proveHosted(paper, read);
  if (jws !== undefined) {
    if (decodeProtectedHeader(jws).jwk) return proveJws(paper, jws, now);
    return paper.kind === 'open-badges-2.0' ? proveSigned(paper, jws, read) : reason('key-unknown');
  }
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
  return key ? { signer: `did:key:${key.key}`, by: 'key', paper } : reason('key-unknown');
};

const keysIn = ({ credential }: Paper): readonly { id: string; key: string }[] =>
  listOf(credential['proof']).flatMap((proof) => {
    const { verificationMethod } = Object(proof) as { readonly verificationMethod?: unknown };
    const { id, key } = KEY_IN_FRAGMENT.exec(String(verificationMethod))?.groups ?? {};
    return id === undefined || key === undefined ? [] : [{ id, key }];
  });

const proveJws = async (paper: Paper, jws: string, now: Date): Promise<Proven> => {
  const { credential, claims } = paper;
  const { jwk = {}, alg } = decodeProtectedHeader(jws);
  if (!(await isSignedWith(jws, () => importJWK(publicPart(jwk), alg))))
    return reason('signature-does-not-fit');
  if (claims.iss !== undefined && claims.iss !== issuerIdOf(credential))
    return reason('key-of-somebody-else');
  if (typeof claims.exp === 'number' && claims.exp * 1_000 < now.getTime())
    return reason('proof-expired');
  return { signer: await calculateJwkThumbprintUri(publicPart(jwk)), by: 'key', paper };
};

/** Somebody who sends a private key has lost it; what is not needed is not looked at. */
const publicPart = ({ kty = '', crv, x, y, n, e }: JWK): JWK =>
  Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  ) as JWK;
