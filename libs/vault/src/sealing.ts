import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D). Out: version byte ‖ nonce ‖ ciphertext ‖ tag. `context` is the
 * additional data: a ciphertext that is moved elsewhere does not open.
 */
export const sealBytes = (key: Uint8Array, context: string, plaintext: Uint8Array): Uint8Array => {
  const nonce = randomBytes(NONCE_BYTES);
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
export const openBytes = (key: Uint8Array, context: string, sealed: Uint8Array): Uint8Array => {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new Error('not a sealed value of a known version');
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const ciphertext = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
};

/** HMAC-SHA-256 of content under a key derived (HKDF, RFC 5869) from the data key. */
export const contentMac = (dataKey: Uint8Array, content: string): Uint8Array => {
  const macKey = Buffer.from(hkdfSync('sha256', dataKey, '', 'content-mac', 32));
  return createHmac('sha256', macKey).update(content).digest();
};
