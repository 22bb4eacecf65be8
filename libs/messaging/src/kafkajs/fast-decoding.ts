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
const ATTRIBUTES_BYTES = 1;
const MORE = 0x80;
const BITS = 0x7f;
/** Five bytes of seven bits, each worth 128 times the one before. */
const GROUP = 128;

/** Reads what a record holds. */
class Reader {
  #at: number;

  constructor(
    private readonly buffer: Buffer,
    at: number,
  ) {
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

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

  /** Passes over bytes. */
  pass(): this {
    const length = this.number();
    this.#at += Math.max(0, length);
    return this;
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

/**
 * What a record says, read when it is asked for: of the thousands that one fetch brings, those that wait
 * for their turn are not kept as text and objects, which V8 would have to copy while it collects.
 */
class FetchedRecord {
  constructor(
    readonly offset: string,
    readonly batchContext: BatchContext,
    /** Of the record alone. */
    private readonly buffer: Buffer,
    /** Where its key begins. */
    private readonly keyAt: number,
  ) {}

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get attributes(): number {
    return this.#from(0).int8();
  }

  get timestamp(): string {
    const { firstTimestamp, maxTimestamp, timestampType } = this.batchContext;
    if (timestampType === LOG_APPEND_TIME && maxTimestamp !== undefined) return maxTimestamp;
    return `${Number(firstTimestamp) + this.#from(ATTRIBUTES_BYTES).number()}`;
  }

  get key(): Buffer | null {
    return this.#from(this.keyAt).bytes();
  }

  get value(): Buffer | null {
    return this.#from(this.keyAt).pass().bytes();
  }

  get headers(): Record<string, unknown> {
    return headersOf(this.#from(this.keyAt).pass().pass());
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch ?? false;
  }

  #from(at: number): Reader {
    return new Reader(this.buffer, at);
  }
}

/** The same as kafkajs' own, with what headers say as text: we read nothing else in them. */
export const decodeRecord: Decode = ({ buffer, offset }, batchContext) => {
  const record = offset === 0 ? buffer : buffer.subarray(offset);
  const reader = new Reader(record, ATTRIBUTES_BYTES);
  // When it was written.
  reader.number();
  const offsetDelta = reader.number();
  const ownOffset = `${Number(batchContext.firstOffset) + offsetDelta}`;
  return new FetchedRecord(ownOffset, batchContext, record, reader.at);
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
