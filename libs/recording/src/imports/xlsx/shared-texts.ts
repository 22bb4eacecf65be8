import { FileFault } from '../faults.js';
import { CELL_CHARS_MAX, SHARED_TEXT_BYTES_MAX, SHARED_TEXTS_MAX } from '../limits.js';
import { readAll } from './xml.js';

const FIRST_BYTES = 64 * 1024;
const FIRST_TEXTS = 1_024;

const tooMany = (): FileFault =>
  new FileFault(
    'This workbook holds more text than can be read at once.',
    'Save the sheet as CSV (UTF-8) and upload that.',
  );

/** The texts of a workbook, side by side in one buffer: a million strings would cost far more. */
export class SharedTexts {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #ends = new Uint32Array(FIRST_TEXTS);
  #used = 0;
  #count = 0;

  at(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined;
    const start = index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
    return this.#bytes.toString('utf8', start, this.#ends[index]);
  }

  add(text: string): void {
    const length = Buffer.byteLength(text);
    if (this.#used + length > SHARED_TEXT_BYTES_MAX || this.#count === SHARED_TEXTS_MAX)
      throw tooMany();
    if (this.#used + length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#used + length));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    if (this.#count === this.#ends.length) {
      const larger = new Uint32Array(this.#ends.length * 2);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#bytes.write(text, this.#used);
    this.#used += length;
    this.#ends[this.#count] = this.#used;
    this.#count += 1;
  }

  /** Reads xl/sharedStrings.xml: each `si` is a text, of its runs (`t`) without what is phonetic. */
  static async read(part: AsyncIterable<Buffer>): Promise<SharedTexts> {
    const texts = new SharedTexts();
    let [text, isText, isPhonetic] = ['', false, false];
    await readAll(part, {
      open: (name) => {
        if (name === 'si') text = '';
        else if (name === 'rPh') isPhonetic = true;
        else if (name === 't') isText = !isPhonetic;
      },
      text: (more) => {
        if (isText && text.length < CELL_CHARS_MAX) text += more;
      },
      close: (name) => {
        if (name === 't') isText = false;
        else if (name === 'rPh') isPhonetic = false;
        else if (name === 'si') texts.add(unescaped(text).slice(0, CELL_CHARS_MAX));
      },
    });
    return texts;
  }
}

/** Excel writes characters that XML forbids as `_x000D_` (ECMA-376, part 1, 22.9.2.19). */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x(?<code>[0-9A-Fa-f]{4})_/gu, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;
