import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, makeSecretFile } from './secret-file.js';

const SECRET_BYTES = 32;

/**
 * Secrets of this installation that are not a learner's: files of mode 600 under KEYS_DIR, made on
 * first use. Each name is one secret of 32 random bytes.
 */
export abstract class KeyRing {
  /** The 32 bytes of the secret `name` ([a-z-]+). Throws if the file is not as it should be. */
  abstract secret(name: string): Uint8Array;
}

export class FileKeyRing extends KeyRing {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  secret(name: string): Uint8Array {
    if (!/^[a-z-]+$/u.test(name)) throw new Error(`not a name of a secret: ${name}`);
    const file = join(this.#folder, `${name}.key`);
    if (!existsSync(file)) {
      makeFolder(this.#folder);
      makeSecretFile(file, `${randomBytes(SECRET_BYTES).toString('hex')}\n`);
    }
    const bytes = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
    if (bytes.length !== SECRET_BYTES)
      throw new Error(`${file} does not hold ${SECRET_BYTES} bytes in hexadecimal`);
    return bytes;
  }
}
