import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { fromJwk } from '@digitalbazaar/ed25519-multikey';
import { VcError } from './vc-error.js';

/** PKCS #8 header of an Ed25519 private key (RFC 8410 §7); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** Signs for an issuer. A port: the key may live anywhere. */
export interface Signer {
  /** Id of the verification method, `{did}#{keyId}`. */
  readonly id: string;
  /** An Ed25519 signature (64 bytes, RFC 8032) of the bytes. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}

export interface IssuerKey {
  /** `z6Mk…`: Multikey of an Ed25519 public key. */
  readonly publicKeyMultibase: string;
  /** The seed, 32 bytes. Secret. */
  readonly privateKey: Uint8Array;
}

/** A new Ed25519 key pair. */
export const generateIssuerKey = async (): Promise<IssuerKey> => {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const { publicKeyMultibase } = await fromJwk({ jwk });
  return { publicKeyMultibase, privateKey: Buffer.from(jwk.d ?? '', 'base64url') };
};

/**
 * A signer with a private key in memory. The KeyObject is made once: importing it costs ten times
 * what signing does. Throws VcError `key-unsupported` if it is not a seed of 32 bytes.
 */
export const ed25519Signer = ({
  id,
  privateKey,
}: {
  readonly id: string;
  readonly privateKey: Uint8Array;
}): Signer => {
  if (privateKey.length !== SEED_BYTES)
    throw new VcError('key-unsupported', `an Ed25519 seed has ${SEED_BYTES} bytes`);
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, privateKey]),
    format: 'der',
    type: 'pkcs8',
  });
  return { id, sign: async (bytes) => sign(null, bytes, key) };
};
