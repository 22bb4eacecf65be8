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

/** A header that is there twice has a list of values. */
const headersOf = (reader: Reader): Record<string, unknown> => {
  const headers = Object.create(null) as Record<string, unknown>;
  for (let left = reader.number(); left > 0; left -= 1) {
    const name = reader.text() ?? 'null';
    const value = reader.text();
    const known = headers[name];
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  return headers;
};

replaceInKafkajs('protocol/recordBatch/record/v0/decoder.js', () => decodeRecord);
