import { calculateJwkThumbprintUri, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { didDocument, issuerIdOf, type Resolution, verifyCredential } from '#vc';
import type { ReadPublished } from '../../published-documents.js';
import { isSignedWith } from './jws.js';
import { listOf, type Paper } from './reading.js';
import { type NotProven, type Proven, reason } from './proven.js';
import { publishedController, publishedJwk } from './published-keys.js';
import { proveHosted, proveSigned } from './version-2.js';

/** A key that its own address says, in the fragment (Multikey of Ed25519). */
const KEY_IN_FRAGMENT = /^(?<id>[^#]{1,2000})#(?<key>z6Mk[1-9A-HJ-NP-Za-km-z]{44})$/u;

/**
 * Whether a paper is signed, every word of it, and with which key. Whose key that is nobody here
 * can tell: a name that a paper gives its issuer proves nothing. The key is one that the paper brings (a
 * did:key, a key in the fragment of its address, a `jwk`), or one that is published: by a did:web, at an
 * https address, at the `kid` of a JWT. A badge of version 2 that brings none is looked up where its
 * issuer publishes, as that version asks for.
 */
export const prove = async (paper: Paper, now: Date, read: ReadPublished): Promise<Proven> => {
  const { jws } = paper;
  if (paper.kind === 'open-badges-2.0' && jws === undefined) return proveHosted(paper, read);
  if (jws !== undefined) {
    const { jwk, kid } = decodeProtectedHeader(jws);
    if (jwk) return proveJws(paper, jws, publicPart(jwk), now);
    if (paper.kind === 'open-badges-2.0') return proveSigned(paper, jws, read);
    const published = await publishedJwk(kid, read);
    if (!published || 'detail' in published) return published ?? reason('key-unknown');
    const proven = await proveJws(paper, jws, publicPart(published.jwk), now);
    return 'detail' in proven
      ? proven
      : { ...proven, signer: published.publisher, by: 'address' as const };
  }
  return proveInside(paper, now, read);
};

/** A proof that is part of the credential (VC Data Integrity 1.0). */
const proveInside = async (paper: Paper, now: Date, read: ReadPublished): Promise<Proven> => {
  const { credential } = paper;
  const keys = keysIn(paper);
  let trouble: NotProven | undefined;
  const { integrity, signer } = await verifyCredential({
    credential,
    now,
    resolveController: async (id): Promise<Resolution> => {
      const known = keys.filter((key) => key.id === id);
      if (known.length > 0) {
        const brought = known.map(({ key }) => ({ keyId: key, publicKeyMultibase: key }));
        return { state: 'found', document: didDocument({ did: id, keys: brought }) };
      }
      const published = await publishedController(id, read);
      if (published && 'document' in published)
        return { state: 'found', document: published.document };
      trouble ??= published;
      return { state: 'unresolvable' };
    },
  });
  if (trouble && integrity.code === 'key-unknown') return trouble;
  if (integrity.result !== 'pass') return reason(integrity.code);
  if (signer.result !== 'pass') return reason(signer.code);
  const issuer = issuerIdOf(credential) ?? '';
  const key = keys.find(({ id }) => id === issuer);
  return key
    ? { signer: `did:key:${key.key}`, by: 'key', paper }
    : { signer: issuer, by: 'address', paper };
};

const keysIn = ({ credential }: Paper): readonly { id: string; key: string }[] =>
  listOf(credential['proof']).flatMap((proof) => {
    const { verificationMethod } = Object(proof) as { readonly verificationMethod?: unknown };
    const { id, key } = KEY_IN_FRAGMENT.exec(String(verificationMethod))?.groups ?? {};
    return id === undefined || key === undefined ? [] : [{ id, key }];
  });

const proveJws = async (paper: Paper, jws: string, jwk: JWK, now: Date): Promise<Proven> => {
  const { credential, claims } = paper;
  const { alg } = decodeProtectedHeader(jws);
  if (!(await isSignedWith(jws, () => importJWK(jwk, alg))))
    return reason('signature-does-not-fit');
  if (claims.iss !== undefined && claims.iss !== issuerIdOf(credential))
    return reason('key-of-somebody-else');
  if (typeof claims.exp === 'number' && claims.exp * 1_000 < now.getTime())
    return reason('proof-expired');
  return { signer: await calculateJwkThumbprintUri(jwk), by: 'key', paper };
};

/** Somebody who sends a private key has lost it; what is not needed is not looked at. */
const publicPart = ({ kty = '', crv, x, y, n, e }: JWK): JWK =>
  Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  ) as JWK;
