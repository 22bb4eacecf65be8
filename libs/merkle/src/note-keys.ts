import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

interface NoteAlgorithm {
  /** Signature type of C2SP signed-note. */
  readonly type: number;
  readonly algorithm: 'ed25519' | 'ml-dsa-44';
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
  /** SubjectPublicKeyInfo (RFC 8410, RFC 9881), up to the key itself. */
  readonly spki: Buffer;
}

const ED25519 = {
  algorithm: 'ed25519',
  publicKeyBytes: 32,
  signatureBytes: 64,
  spki: Buffer.from('302a300506032b6570032100', 'hex'),
} as const;

/** By whom it is about, and by a cosigner (tlog-cosignature) with Ed25519 or ML-DSA-44. */
export const ALGORITHMS = {
  signature: { ...ED25519, type: 0x01 },
  cosignature: { ...ED25519, type: 0x04 },
  'ml-dsa-cosignature': {
    type: 0x06,
    algorithm: 'ml-dsa-44',
    publicKeyBytes: 1312,
    signatureBytes: 2420,
    spki: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
  },
} as const satisfies Readonly<Record<string, NoteAlgorithm>>;
export type NoteKeyType = keyof typeof ALGORITHMS;

export const KEY_ID_BYTES = 4;
/** PKCS #8 headers of private keys (RFC 8410 §7, RFC 9881 §6); the seed follows. */
const PKCS8 = {
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  'ml-dsa-44': Buffer.from('3034020100300b060960864801650304031104228020', 'hex'),
} as const;
const VERIFIER_KEY = /^(?<name>[^\s+]+)\+(?<id>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/]+={0,2})$/u;

/** By whom a note may be signed: what a verifier key (vkey) says. */
export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). */
  readonly id: Buffer;
  /** Ed25519, 32 bytes; ML-DSA-44, 1312 bytes. */
  readonly publicKey: Buffer;
}

const typed = (type: NoteKeyType, publicKey: Buffer): Buffer =>
  Buffer.concat([Buffer.of(ALGORITHMS[type].type), publicKey]);

const keyOf = (name: string, type: NoteKeyType, publicKey: Buffer): NoteKey => {
  if (!/^[^\s+]+$/u.test(name)) throw new Error('a key name has no space and no plus');
  const digest = createHash('sha256').update(`${name}\n`).update(typed(type, publicKey)).digest();
  return { name, type, id: digest.subarray(0, KEY_ID_BYTES), publicKey };
};

/**
 * The private key of a seed of 32 bytes. Throws where Node knows no ML-DSA (before 24.6), if that is
 * asked for.
 */
export const notePrivateKey = (
  seed: Uint8Array,
  algorithm: keyof typeof PKCS8 = 'ed25519',
): KeyObject => {
  const key = Buffer.concat([PKCS8[algorithm], seed]);
  return orSayWhichNode(algorithm, () => createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
};

/** As which type a cosigner signs with a private key. Throws if it is of neither algorithm. */
export const cosignatureTypeOf = ({ asymmetricKeyType: algorithm }: KeyObject): NoteKeyType => {
  if (algorithm === 'ed25519') return 'cosignature';
  if (algorithm === 'ml-dsa-44') return 'ml-dsa-cosignature';
  throw new Error('not a key of Ed25519 or ML-DSA-44');
};

/** The key of a note that is signed with this key, private or public. Throws if its type is another. */
export const noteKey = (name: string, key: KeyObject, type: NoteKeyType = 'signature'): NoteKey => {
  const { algorithm, spki } = ALGORITHMS[type];
  if (key.asymmetricKeyType !== algorithm)
    throw new Error(`not ${algorithm === 'ed25519' ? 'an Ed25519' : 'an ML-DSA-44'} key`);
  const isPublic = key.type === 'public';
  const der = (isPublic ? key : createPublicKey(key)).export({ format: 'der', type: 'spki' });
  return keyOf(name, type, der.subarray(spki.length));
};

/** `name+id+key`, as C2SP signed-note writes a verifier key. */
export const formatVerifierKey = ({ name, type, id, publicKey }: NoteKey): string =>
  `${name}+${id.toString('hex')}+${typed(type, publicKey).toString('base64')}`;

/**
 * Reads a verifier key. Throws unless it is one of Ed25519 or ML-DSA-44 whose id fits, and that this
 * Node can verify with.
 */
export const parseVerifierKey = (text: string): NoteKey => {
  const { name = '', id, key = '' } = VERIFIER_KEY.exec(text)?.groups ?? {};
  const bytes = Buffer.from(key, 'base64');
  const types = Object.keys(ALGORITHMS) as NoteKeyType[];
  const type = types.find((one) => ALGORITHMS[one].type === bytes[0]);
  if (type === undefined || bytes.length !== 1 + ALGORITHMS[type].publicKeyBytes)
    throw new Error('not a verifier key of Ed25519 or ML-DSA-44');
  const read = keyOf(name, type, bytes.subarray(1));
  if (read.id.toString('hex') !== id) throw new Error('the id of the verifier key does not fit');
  publicKeyOf(read);
  return read;
};

/** For node:crypto. Throws where Node knows no ML-DSA, if it is one of that. */
export const publicKeyOf = ({ type, publicKey }: NoteKey): KeyObject => {
  const { algorithm, spki } = ALGORITHMS[type];
  const key = Buffer.concat([spki, publicKey]);
  return orSayWhichNode(algorithm, () => createPublicKey({ key, format: 'der', type: 'spki' }));
};

const orSayWhichNode = (algorithm: keyof typeof PKCS8, make: () => KeyObject): KeyObject => {
  try {
    return make();
  } catch (error) {
    if (algorithm === 'ed25519') throw error;
    throw new Error('ML-DSA-44 needs Node 24.6 or newer', { cause: error });
  }
};
