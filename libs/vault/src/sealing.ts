import {
  type CipherKey,
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { randomOctets } from '#kernel';
import { Hmac } from '#merkle';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) of bytes, or of a text in UTF-8. Out: version byte ‖ nonce ‖
 * ciphertext ‖ tag. `context` is the additional data: a ciphertext that is moved elsewhere does not
 * open. A key that is used often comes as a KeyObject: given as bytes, it costs Node four times as
 * much as the sealing.
 */
export const sealBytes = (
  key: CipherKey,
  context: string,
  plaintext: Uint8Array | string,
): Uint8Array => {
  const nonce = randomOctets(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const ciphertext =
    typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  // Nothing is left for it to give in this mode; it makes the tag.
  cipher.final();
  const sealed = Buffer.allocUnsafe(1 + NONCE_BYTES + ciphertext.length + TAG_BYTES);
  sealed[0] = VERSION;
  sealed.set(nonce, 1);
  sealed.set(ciphertext, 1 + NONCE_BYTES);
  sealed.set(cipher.getAuthTag(), 1 + NONCE_BYTES + ciphertext.length);
  return sealed;
};

/** Opens what sealBytes made. Throws if a bit of it, the key or the context is another. */
export const openBytes = (key: CipherKey, context: string, sealed: Uint8Array): Buffer => {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new Error('not a sealed value of a known version');
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const ciphertext = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
  const plaintext = decipher.update(ciphertext);
  // Nothing is left for it to give in this mode; it checks the tag.
  decipher.final();
  return plaintext;
};

/**
 * HMAC-SHA-256 of content, under a key derived (HKDF, RFC 5869) from the data key. Making it costs
 * more than using it.
 */
export const contentMacOf = (dataKey: KeyObject): Hmac =>
  new Hmac(Buffer.from(hkdfSync('sha256', dataKey, '', 'content-mac', 32)));
