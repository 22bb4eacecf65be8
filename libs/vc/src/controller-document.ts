import { MULTIKEY_V1 } from './contexts.js';

/** A key that can verify (Multikey, Controlled Identifiers 1.0 §2.2.2). */
export interface VerificationMethod {
  readonly id: string;
  readonly type: 'Multikey';
  readonly controller: string;
  readonly publicKeyMultibase: string;
}

/** What a controller says of its keys: a DID document, or any controlled identifier document. */
export interface ControllerDocument {
  readonly '@context'?: readonly string[];
  readonly id: string;
  readonly verificationMethod: readonly VerificationMethod[];
  /** Ids of the keys that may make assertions, which is what credentials are. */
  readonly assertionMethod: readonly string[];
}

/**
 * What is known about a controller:
 * - `not-found`: whoever is responsible for the identifier says that there is none;
 * - `unresolvable`: it cannot be asked here.
 */
export type Resolution =
  | { readonly state: 'found'; readonly document: ControllerDocument }
  | { readonly state: 'not-found' }
  | { readonly state: 'unresolvable' };

export type ResolveController = (id: string) => Promise<Resolution>;

export interface PublicKey {
  /** The fragment that names the key in its DID document. */
  readonly keyId: string;
  readonly publicKeyMultibase: string;
}

/**
 * The DID document of a did:web issuer (DID Core 1.0 §4). Old keys stay in it: did:web knows only
 * the present, and what they signed must verify for good.
 */
export const didDocument = ({
  did,
  keys,
}: {
  readonly did: string;
  readonly keys: readonly PublicKey[];
}): ControllerDocument => ({
  '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY_V1],
  id: did,
  verificationMethod: keys.map(({ keyId, publicKeyMultibase }) => ({
    id: `${did}#${keyId}`,
    type: 'Multikey',
    controller: did,
    publicKeyMultibase,
  })),
  assertionMethod: keys.map(({ keyId }) => `${did}#${keyId}`),
});

const DID_KEY_ED25519 = /^did:key:(?<multibase>z6Mk[1-9A-HJ-NP-Za-km-z]{44})$/u;

/** The document that a did:key of an Ed25519 key says by itself (did:key v0.9 §3.1), if it is one. */
export const didKeyDocument = (did: string): ControllerDocument | undefined => {
  const publicKeyMultibase = DID_KEY_ED25519.exec(did)?.groups?.['multibase'];
  return publicKeyMultibase === undefined
    ? undefined
    : didDocument({ did, keys: [{ keyId: publicKeyMultibase, publicKeyMultibase }] });
};

/** A method as a document of its own, as the loader hands it out. */
export const methodDocument = (method: VerificationMethod): object => ({
  '@context': MULTIKEY_V1,
  ...method,
});
