import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { invalid } from './signed.js';

/** The one key that a DID of these methods has: the DID says it itself, so nothing is fetched. */
export interface DidKey {
  /** The DID URL of the key, as `kid` names it. */
  readonly id: string;
  readonly key: KeyObject;
  readonly algorithms: readonly string[];
}

const ED25519 = ['EdDSA', 'Ed25519'];
const P256 = ['ES256'];

/** Keys as multicodec writes them: the code as varint, then the key. */
const MULTICODECS = [
  { code: 'ed01', bytes: 32, spki: '302a300506032b6570032100', algorithms: ED25519 },
  {
    code: '8024',
    bytes: 33,
    // A compressed point of P-256 (SEC 1 §2.3.3).
    spki: '3039301306072a8648ce3d020106082a8648ce3d030107032200',
    algorithms: P256,
  },
];
const CODE_BYTES = 2;

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const DID_KEY = /^did:key:z(?<base58>[1-9A-HJ-NP-Za-km-z]{40,60})$/u;
const DID_JWK = /^did:jwk:(?<encoded>[A-Za-z0-9_-]{1,1400})$/u;
const METHOD = /^did:(?<method>[a-z0-9]+):/u;

/** A public key as did:jwk holds it: any other member is there to be ignored, a private one is not. */
const Jwk = z
  .object({
    x: z.string(),
    use: z.literal('sig').optional(),
    d: z.undefined().optional(),
  })
  .and(
    z.discriminatedUnion('kty', [
      z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519') }),
      z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), y: z.string() }),
    ]),
  );

/**
 * The key of a did:key (v0.9 §3.1) or did:jwk. Throws DomainError `did-method-unsupported` for
 * another method, or a kind of key that is not read here; `did-proof-invalid` for what is no DID.
 */
export const keyOfDid = (did: string): DidKey => {
  const method = METHOD.exec(did)?.groups?.['method'];
  if (method === undefined) throw invalid('did-proof', '"kid" does not name a key of a DID.');
  if (method === 'key') return ofDidKey(did);
  if (method === 'jwk') return ofDidJwk(did);
  throw unsupported('Only did:key and did:jwk say their key themselves, and nothing is fetched.');
};

const ofDidKey = (did: string): DidKey => {
  const base58 = DID_KEY.exec(did)?.groups?.['base58'];
  if (base58 === undefined) throw unsupported(KEYS);
  const hex = hexOfBase58(base58);
  const codec = MULTICODECS.find(
    ({ code, bytes }) => hex.startsWith(code) && hex.length === 2 * (CODE_BYTES + bytes),
  );
  if (!codec) throw unsupported(KEYS);
  const der = Buffer.from(codec.spki + hex.slice(codec.code.length), 'hex');
  const key = readKey(() => createPublicKey({ key: der, format: 'der', type: 'spki' }));
  return { id: `${did}#z${base58}`, key, algorithms: codec.algorithms };
};

const ofDidJwk = (did: string): DidKey => {
  const encoded = DID_JWK.exec(did)?.groups?.['encoded'] ?? '';
  const { data: jwk } = Jwk.safeParse(parsed(encoded));
  if (!jwk) throw unsupported(KEYS);
  const { kty, crv, x } = jwk;
  const point = jwk.kty === 'EC' ? { kty, crv, x, y: jwk.y } : { kty, crv, x };
  const key = readKey(() => createPublicKey({ key: point, format: 'jwk' }));
  return { id: `${did}#0`, key, algorithms: jwk.kty === 'OKP' ? ED25519 : P256 };
};

const KEYS = 'Keys of Ed25519 and P-256 are read here, for signatures, and public ones only.';

const unsupported = (detail: string): DomainError =>
  new DomainError('did-method-unsupported', detail);

/** A point that is not on its curve is no key. */
const readKey = (read: () => KeyObject): KeyObject => {
  try {
    return read();
  } catch {
    throw invalid('did-proof', 'The DID does not hold a key.');
  }
};

const parsed = (encoded: string): unknown => {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
};

/** A leading 1 would be a zero byte, and no code begins with one. */
const hexOfBase58 = (text: string): string => {
  if (text.startsWith('1')) return '';
  let value = 0n;
  for (const letter of text) value = value * 58n + BigInt(BASE58.indexOf(letter));
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
};
