import { compactVerify, type CryptoKey } from 'jose';

/** Asymmetric, and nothing that is weak. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'RS256', 'PS256'];

/**
 * Whether a compact JWS fits a key. It does not, either, where the key is none, or the algorithm one that
 * is not asked for.
 */
export const isSignedWith = async (
  jws: string,
  key: () => Promise<CryptoKey | Uint8Array>,
): Promise<boolean> => {
  try {
    await compactVerify(jws, await key(), { algorithms: ALGORITHMS });
    return true;
  } catch {
    return false;
  }
};
