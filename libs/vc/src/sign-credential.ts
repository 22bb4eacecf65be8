import './scoped-context-cache.js';
import { issue } from '@digitalbazaar/vc';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import type { Signer } from './issuer-key.js';
import { documentLoader } from './load-document.js';
import { VcError } from './vc-error.js';

/** A verifiable credential as JSON. What is in it is checked where it is read. */
export type Credential = Readonly<Record<string, unknown>>;

const loader = documentLoader();

/**
 * Signs a credential (VC Data Integrity 1.0, eddsa-rdfc-2022). The credential handed in is not
 * changed; `created` is the time in the proof, so the same input gives the same bytes. Throws
 * VcError `credential-malformed` for what is no credential, or uses terms that no context defines
 * (a signature would not cover them).
 */
export const signCredential = async <T extends object>({
  credential,
  signer,
  created,
}: {
  readonly credential: T;
  readonly signer: Signer;
  readonly created: Date;
}): Promise<T & { readonly proof: Readonly<Record<string, unknown>> }> => {
  const suite = new DataIntegrityProof({
    cryptosuite,
    date: created,
    signer: { id: signer.id, algorithm: 'Ed25519', sign: ({ data }) => signer.sign(data) },
  });
  try {
    return await issue({
      credential: structuredClone(credential),
      suite,
      documentLoader: loader,
      now: created,
    });
  } catch (error) {
    throw new VcError('credential-malformed', error instanceof Error ? error.message : 'unknown');
  }
};
