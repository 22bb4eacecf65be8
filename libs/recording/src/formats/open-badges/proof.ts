import { calculateJwkThumbprintUri, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { type Credential, didDocument, issuerIdOf, type Resolution, verifyCredential } from '#vc';
import type { ReadPublished } from '../../published-documents.js';
import { isSignedWith } from './jws.js';
import { listOf, type Paper, type Signed } from './reading.js';
import { type NotProven, type Proven, reason, type Signer } from './proven.js';
import { publishedController, publishedJwk } from './published-keys.js';
import { standingOf } from './standing.js';
import { proveHosted, proveSigned } from './version-2.js';

/** A key that its own address says, in the fragment (Multikey of Ed25519). */
const KEY_IN_FRAGMENT = /^(?<id>[^#]{1,2000})#(?<key>z6Mk[1-9A-HJ-NP-Za-km-z]{44})$/u;

/**
 * Whether a paper is signed, every word of it, with which key, and not withdrawn. Whose key that is nobody
 * here can tell: a name that a paper gives its issuer proves nothing. The key is one that the paper brings (a
 * did:key, a key in the fragment of its address, a `jwk`), or one that is published: by a did:web, at an
 * https address, at the `kid` of a JWT. A badge of version 2 that brings none is looked up where its
 * issuer publishes, as that version asks for.
 */
export const prove = async (
  paper: Paper,
  now: Date,
  read: ReadPublished,
): Promise<Proven | NotProven> => {
  const { kind, jws } = paper;
  if (kind === 'open-badges-2.0' && jws === undefined) return proveHosted(paper, read);
  if (kind === 'open-badges-2.0' && jws !== undefined && !decodeProtectedHeader(jws).jwk)
    return proveSigned(paper, jws, read);
  const signer = await signerOf(paper, now, read);
  if ('detail' in signer) return signer;
  // A badge of version 2 that brings its key says nowhere where its issuer is asked.
  if (kind === 'open-badges-2.0') return { ...signer, paper, standing: 'unknown' };
  const standing = await standingOf(paper.credential, {
    signer: signer.signer,
    read,
    now,
    signerOf: (list) => signerOf(list, now, read),
  });
  return typeof standing === 'string' ? { ...signer, paper, standing } : standing;
};

/** Who signed, with a signature around it (VC-JWT) or in it. */
const signerOf = async (
  signed: Signed,
  now: Date,
  read: ReadPublished,
): Promise<Signer | NotProven> => {
  const { jws } = signed;
  if (jws === undefined) return signerInside(signed, now, read);
  const { jwk, kid } = decodeProtectedHeader(jws);
  if (jwk) return signerOfJws(signed, jws, publicPart(jwk), now);
  const published = await publishedJwk(kid, read);
  if (!published || 'detail' in published) return published ?? reason('key-unknown');
  const signer = await signerOfJws(signed, jws, publicPart(published.jwk), now);
  return 'detail' in signer ? signer : { signer: published.publisher, by: 'address' };
};

/** A proof that is part of the credential (VC Data Integrity 1.0). */
const signerInside = async (
  { credential }: Signed,
  now: Date,
  read: ReadPublished,
): Promise<Signer | NotProven> => {
  const keys = keysIn(credential);
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
  return key ? { signer: `did:key:${key.key}`, by: 'key' } : { signer: issuer, by: 'address' };
};

const keysIn = (credential: Credential): readonly { id: string; key: string }[] =>
  listOf(credential['proof']).flatMap((proof) => {
    const { verificationMethod } = Object(proof) as { readonly verificationMethod?: unknown };
    const { id, key } = KEY_IN_FRAGMENT.exec(String(verificationMethod))?.groups ?? {};
    return id === undefined || key === undefined ? [] : [{ id, key }];
  });

const signerOfJws = async (
  { credential, claims }: Signed,
  jws: string,
  jwk: JWK,
  now: Date,
): Promise<Signer | NotProven> => {
  const { alg } = decodeProtectedHeader(jws);
  if (!(await isSignedWith(jws, () => importJWK(jwk, alg))))
    return reason('signature-does-not-fit');
  if (claims.iss !== undefined && claims.iss !== issuerIdOf(credential))
    return reason('key-of-somebody-else');
  if (typeof claims.exp === 'number' && claims.exp * 1_000 < now.getTime())
    return reason('proof-expired');
  return { signer: await calculateJwkThumbprintUri(jwk), by: 'key' };
};

/** Somebody who sends a private key has lost it; what is not needed is not looked at. */
const publicPart = ({ kty = '', crv, x, y, n, e }: JWK): JWK =>
  Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  ) as JWK;
