import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';

/** A DID and the key with which its holder signs. */
export interface Did {
  readonly did: string;
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
}

const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const multibase = (bytes: Uint8Array): string => {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = LETTERS.charAt(Number(value % 58n)) + text;
  return `z${text}`;
};
/** A did:key of a multicodec and the bytes of a key, whatever they are. */
export const didKeyOf = (code: readonly number[], bytes: Uint8Array): string =>
  `did:key:${multibase(Buffer.concat([Buffer.from(code), bytes]))}`;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const didJwkOf = (jwk: object): string => `did:jwk:${encoded(jwk)}`;

const newKey = async (alg: 'EdDSA' | 'ES256') => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, privateKey, jwk: await exportJWK(publicKey) };
};

export const newDidKey = async (alg: 'EdDSA' | 'ES256'): Promise<Did> => {
  const { privateKey, jwk } = await newKey(alg);
  const x = Buffer.from(jwk.x ?? '', 'base64url');
  const isOdd = ((Buffer.from(jwk.y ?? '', 'base64url').at(-1) ?? 0) & 1) === 1;
  const did =
    alg === 'EdDSA'
      ? didKeyOf([0xed, 0x01], x)
      : didKeyOf([0x80, 0x24], Buffer.concat([Buffer.from([isOdd ? 3 : 2]), x]));
  return { did, kid: `${did}#${did.slice('did:key:'.length)}`, alg, privateKey };
};

export const newDidJwk = async (alg: 'EdDSA' | 'ES256', part: object = {}): Promise<Did> => {
  const { privateKey, jwk } = await newKey(alg);
  const did = didJwkOf({ ...jwk, ...part });
  return { did, kid: `${did}#0`, alg, privateKey };
};
