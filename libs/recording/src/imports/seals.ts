import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { KeyRing, openBytes, sealBytes } from '#vault';

/**
 * Seals what people upload, under a key of this installation: it stands for no learner yet, so no
 * learner's key fits. Each ciphertext opens in its own place only.
 */
@Injectable()
export class Seals {
  readonly #key: KeyObject;

  constructor(@Inject(KeyRing) keyRing: KeyRing) {
    this.#key = createSecretKey(keyRing.secret('imports'));
  }

  seal(place: string, bytes: Uint8Array): Buffer {
    return Buffer.from(sealBytes(this.#key, place, bytes));
  }

  open(place: string, sealed: Uint8Array): Buffer {
    return openBytes(this.#key, place, sealed);
  }

  sealJson(place: string, value: unknown): Buffer {
    return this.seal(place, Buffer.from(JSON.stringify(value)));
  }

  openJson(place: string, sealed: Uint8Array): unknown {
    return JSON.parse(this.open(place, sealed).toString()) as unknown;
  }

  /** Tells alike from unlike, and nothing else. */
  fingerprint(parts: readonly string[]): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest();
  }
}
