import { replaceInKafkajs } from './replace.js';

/** What kafkajs keeps of a batch for its records. */
interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp?: string;
  readonly magicByte: number;
  readonly isControlBatch?: boolean;
  readonly timestampType?: number;
}
type Decode = (decoder: { buffer: Buffer; offset: number }, context: BatchContext) => object;

const LOG_APPEND_TIME = 1;
const MORE = 0x80;
const BITS = 0x7f;
/** Five bytes of seven bits, each worth 128 times the one before. */
const GROUP = 128;

/** Reads what a record holds, from a buffer that begins with it. */
class Reader {
  #at = 0;

  constructor(private readonly buffer: Buffer) {}

  int8(): number {
    const value = this.buffer.readInt8(this.#at);
    this.#at += 1;
    return value;
  }

  /** A zigzag varint; exact up to 2^52. */
  number(): number {
    let [value, worth] = [0, 1];
    let byte = this.buffer[this.#at++] ?? 0;
    for (; byte >= MORE; byte = this.buffer[this.#at++] ?? 0) {
      value += (byte & BITS) * worth;
      worth *= GROUP;
    }
    value += byte * worth;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Buffer | null {
    const length = this.number();
    if (length < 0) return null;
    this.#at += length;
    return this.buffer.subarray(this.#at - length, this.#at);
  }

  text(): string | null {
    const length = this.number();
    if (length < 0) return null;
    this.#at += length;
    return this.buffer.toString('utf8', this.#at - length, this.#at);
  }

  /** The same, of a text that most often is what it was before: to compare it is half the work. */
  textAgain(before: Written | undefined): Written | null {
    const from = this.#at;
    const length = this.number();
    if (length === before?.bytes.length && this.#holds(before.bytes)) {
      this.#at += length;
      return before;
    }
    this.#at = from;
    const text = this.text();
    return text === null ? null : { text, bytes: Buffer.from(text) };
  }

  #holds(bytes: Buffer): boolean {
    for (let n = 0; n < bytes.length; n += 1)
      if (this.buffer[this.#at + n] !== bytes[n]) return false;
    return true;
  }
}

interface Written {
  readonly text: string;
  readonly bytes: Buffer;
}

/** The same as kafkajs' own, with what headers say as text: we read nothing else in them. */
export const decodeRecord: Decode = ({ buffer, offset }, batchContext) => {
  const { firstOffset, firstTimestamp, maxTimestamp, magicByte } = batchContext;
  const { isControlBatch = false, timestampType } = batchContext;
  const reader = new Reader(offset === 0 ? buffer : buffer.subarray(offset));
  const attributes = reader.int8();
  const timestampDelta = reader.number();
  const offsetDelta = reader.number();
  const [key, value] = [reader.bytes(), reader.bytes()];
  return {
    magicByte,
    attributes,
    timestamp:
      timestampType === LOG_APPEND_TIME && maxTimestamp !== undefined
        ? maxTimestamp
        : `${Number(firstTimestamp) + timestampDelta}`,
    offset: `${Number(firstOffset) + offsetDelta}`,
    key,
    value,
    headers: headersOf(reader),
    isControlRecord: isControlBatch,
    batchContext,
  };
};

/** Names of the headers of the record before, in order. */
const names: Written[] = [];
/** Ours are neither more nor longer; what others write is not kept. */
const NAMES_MAX = 32;
const NAME_BYTES_MAX = 64;

/**
 * An object without anything of Object's, like one of Object.create(null), which V8 however would keep
 * as a hash table from the beginning.
 */
const Headers = function () {
  // Nothing is in it yet.
} as unknown as new () => Record<string, unknown>;
Headers.prototype = Object.create(null);

/** A header that is there twice has a list of values. */
const headersOf = (reader: Reader): Record<string, unknown> => {
  const headers = new Headers();
  const count = reader.number();
  for (let n = 0; n < count; n += 1) {
    const name = reader.textAgain(names[n]);
    if (name && n < NAMES_MAX && name.bytes.length <= NAME_BYTES_MAX) names[n] = name;
    const [key, value] = [name?.text ?? 'null', reader.text()];
    const known = headers[key];
    headers[key] = known === undefined ? value : [known, value].flat();
  }
  return headers;
};

replaceInKafkajs('protocol/recordBatch/record/v0/decoder.js', () => decodeRecord);
