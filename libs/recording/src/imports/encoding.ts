import { isUtf8 } from 'node:buffer';
import type { ImportEncoding } from '#contracts';

const UTF8_CHAR_BYTES_MAX = 4;

/** Whether all of a stream is UTF-8: fed piece by piece, it keeps at most a part of a character. */
export class Utf8Check {
  #tail: Buffer = Buffer.alloc(0);
  #isUtf8 = true;

  add(piece: Buffer): void {
    if (!this.#isUtf8) return;
    const bytes = this.#tail.length === 0 ? piece : Buffer.concat([this.#tail, piece]);
    const end = endOfCharacters(bytes);
    this.#isUtf8 = isUtf8(bytes.subarray(0, end));
    this.#tail = Buffer.from(bytes.subarray(end));
  }

  get result(): boolean {
    return this.#isUtf8 && isUtf8(this.#tail);
  }
}

/** Where the last character begins that may go on in the next piece. */
const endOfCharacters = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(UTF8_CHAR_BYTES_MAX - 1, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return bytes.length - back;
  }
  return bytes.length;
};

const startsWith = (bytes: Uint8Array, ...mark: readonly number[]): boolean =>
  mark.every((byte, n) => bytes[n] === byte);

/**
 * How text is written. In: its first bytes, and whether all of it is UTF-8. By the byte order mark;
 * without one by where zeros stand (UTF-16); else UTF-8, else Windows-1252, which is what Excel
 * writes in the West. The person can choose another.
 */
export const encodingOf = (head: Uint8Array, isAllUtf8: boolean): ImportEncoding => {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return 'utf-8';
  if (startsWith(head, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(head, 0xfe, 0xff)) return 'utf-16be';
  return utf16Of(head) ?? (isAllUtf8 ? 'utf-8' : 'windows-1252');
};

const SAMPLE = 4_096;
/** Of every second byte, so many are zero in text of the West in UTF-16; in others line ends are. */
const ZEROS_MIN = 0.02;

const utf16Of = (head: Uint8Array): ImportEncoding | undefined => {
  const length = Math.min(head.length, SAMPLE);
  if (length < 4) return undefined;
  let [even, odd] = [0, 0];
  for (let n = 0; n < length; n += 1)
    if (head[n] === 0) {
      if (n % 2 === 0) even += 1;
      else odd += 1;
    }
  const least = Math.max(1, (length / 2) * ZEROS_MIN);
  if (odd >= least && odd > even * 4) return 'utf-16le';
  if (even >= least && even > odd * 4) return 'utf-16be';
  return undefined;
};

/** Bytes in any encoding, as UTF-8 without a byte order mark. What is no text becomes U+FFFD. */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  encoding: ImportEncoding,
): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    let isFirst = true;
    for await (const chunk of chunks) {
      yield isFirst && startsWith(chunk, 0xef, 0xbb, 0xbf) ? chunk.subarray(3) : chunk;
      isFirst = false;
    }
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
