const CHUNK_BYTES = 131_072;
/** What one code unit of a text takes at most in UTF-8. */
const UNIT_BYTES_MAX = 3;

/**
 * Writes texts as UTF-8 into large chunks, each text once: to allocate a Buffer for each costs more
 * than to write it. A chunk lives as long as any of its texts.
 */
export class TextArena {
  #chunk = Buffer.alloc(0);
  #at = 0;

  /** The bytes of a text. */
  write(text: string): Buffer {
    const room = UNIT_BYTES_MAX * text.length;
    if (room > CHUNK_BYTES) return Buffer.from(text);
    if (this.#at + room > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += this.#chunk.write(text, from);
    return this.#chunk.subarray(from, this.#at);
  }
}
