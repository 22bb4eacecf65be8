import {
  type CipherKey,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { randomOctets } from '#kernel';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D). Out: version byte ‖ nonce ‖ ciphertext ‖ tag. `context` is the
 * additional data: a ciphertext that is moved elsewhere does not open. A key that is used often
 * comes as a KeyObject: given as bytes, it costs Node four times as much as the sealing.
 */
export const sealBytes = (key: CipherKey, context: string, plaintext: Uint8Array): Uint8Array => {
  const nonce = randomOctets(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([
    Buffer.of(VERSION),
    nonce,
    cipher.update(plaintext),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
};

/** Opens what sealBytes made. Throws if a bit of it, the key or the context is another. */
export const openBytes = (key: CipherKey, context: string, sealed: Uint8Array): Uint8Array => {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new Error('not a sealed value of a known version');
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const ciphertext = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
};

/** The key of contentMac: derived (HKDF, RFC 5869) from the data key. Costs more than an HMAC. */
export const contentMacKey = (dataKey: KeyObject): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', dataKey, '', 'content-mac', 32)));

/** HMAC-SHA-256 of content under a key that contentMacKey made. */
export const contentMac = (key: KeyObject, content: string): Uint8Array =>
  createHmac('sha256', key).update(content).digest();
