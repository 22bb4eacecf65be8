/**
 * Secrets of this installation that are not a learner's: files of mode 600 under KEYS_DIR, made on
 * first use. Each name is one secret of 32 random bytes.
 */
export abstract class KeyRing {
  /** The 32 bytes of the secret `name` ([a-z-]+). */
  abstract secret(name: string): Uint8Array;
}
