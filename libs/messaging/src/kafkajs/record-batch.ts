import type { Outgoing } from '../kafka.js';
import { crc32C } from './crc32c.js';

const MAGIC = 2;
/** Of a batch: baseOffset, length, leader epoch and magic; then the checksum of what follows. */
const AT = { length: 8, magic: 16, crc: 17, checked: 21, lastDelta: 23, times: 27, producer: 43 };
const COUNT_AT = 57;
const RECORDS_AT = 61;
/** A record without its strings: its length, attributes, deltas and counts. */
const RECORD_BYTES = 32;
/** So much of UTF-8 a UTF-16 unit can become, and so long can a length be. */
const UNIT_BYTES = 3;
const LENGTH_BYTES = 5;
/** Shorter texts are faster written here than by Node. */
const SHORT = 64;

const sizeOf = (value: number): number => {
  const z = ((value << 1) ^ (value >> 31)) >>> 0;
  return z < 0x80 ? 1 : z < 0x4000 ? 2 : z < 0x200000 ? 3 : z < 0x10000000 ? 4 : 5;
};

/** Writes forward; what does not fit is copied into a buffer twice as large. */
class Writer {
  buffer: Buffer;
  at = RECORDS_AT;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  ensure(length: number): void {
    if (this.at + length <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * (this.at + length));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }

  /** In zig-zag, seven bits a byte. */
  number(value: number): void {
    let z = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; z >= 0x80; z >>>= 7) this.buffer[this.at++] = (z & 0x7f) | 0x80;
    this.buffer[this.at++] = z;
  }

  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  /** Its length in bytes, and the text; most are ASCII, so that both lengths are the same. */
  text(text: string): void {
    const from = this.at;
    this.number(text.length);
    if (text.length < SHORT && this.#ascii(text)) return;
    const begin = this.at;
    const length = this.buffer.write(text, begin, 'utf8');
    if (length !== text.length) this.#lengthBefore(from, begin, length);
    this.at = from + sizeOf(length) + length;
  }

  bytes(bytes: string | Buffer | null): void {
    if (typeof bytes === 'string') return this.text(bytes);
    this.number(bytes ? bytes.length : -1);
    if (bytes) this.at += bytes.copy(this.buffer, this.at);
  }

  /** Puts the length of what lies between `begin` and here before it. */
  record(from: number, begin: number): void {
    const length = this.at - begin;
    this.#lengthBefore(from, begin, length);
    this.at = from + sizeOf(length) + length;
  }

  #lengthBefore(from: number, begin: number, length: number): void {
    const to = from + sizeOf(length);
    if (to !== begin) this.buffer.copyWithin(to, begin, begin + length);
    this.at = from;
    this.number(length);
  }

  /** True if it was ASCII, and is written. */
  #ascii(text: string): boolean {
    const { buffer, at } = this;
    for (let n = 0; n < text.length; n += 1) {
      const unit = text.charCodeAt(n);
      if (unit > 0x7f) return false;
      buffer[at + n] = unit;
    }
    this.at += text.length;
    return true;
  }
}

const unitsOf = (bytes: string | Buffer | null): number => bytes?.length ?? 0;

const writeRecord = (writer: Writer, record: Outgoing, delta: number): void => {
  const { key, value, headers } = record;
  const names = Object.keys(headers);
  let most = RECORD_BYTES + UNIT_BYTES * (unitsOf(key) + unitsOf(value));
  for (const name of names)
    most += 2 * LENGTH_BYTES + UNIT_BYTES * (name.length + unitsOf(headers[name] ?? ''));
  writer.ensure(most);
  const from = writer.at;
  // Where the record begins once its length is known, if it is no longer than most are.
  writer.at += 2;
  const begin = writer.at;
  writer.byte(0);
  writer.byte(0);
  writer.number(delta);
  writer.bytes(key);
  writer.bytes(value);
  writer.number(names.length);
  for (const name of names) {
    writer.text(name);
    writer.text(headers[name] ?? '');
  }
  writer.record(from, begin);
};

/** Of records like ours: more is made only where there are longer ones. */
const SIZE_LIKELY = 600;

/**
 * Records of one partition as one batch (Kafka's format v2), all of one time (milliseconds), in one
 * buffer. kafkajs makes a buffer of each record and copies it four times.
 */
export const encodeBatch = (records: readonly Outgoing[], time: number): Buffer => {
  const likely = records.reduce((sum, { value }) => sum + SIZE_LIKELY + unitsOf(value), RECORDS_AT);
  const writer = new Writer(likely + UNIT_BYTES * unitsOf(records.at(-1)?.value ?? null));
  for (const [n, record] of records.entries()) writeRecord(writer, record, n);
  const batch = writer.buffer.subarray(0, writer.at);
  batch.fill(0, 0, RECORDS_AT);
  batch.writeInt32BE(batch.length - AT.length - 4, AT.length);
  batch[AT.magic] = MAGIC;
  batch.writeInt32BE(records.length - 1, AT.lastDelta);
  batch.writeBigInt64BE(BigInt(time), AT.times);
  batch.writeBigInt64BE(BigInt(time), AT.times + 8);
  // No producer that numbers what it sends.
  batch.fill(0xff, AT.producer, COUNT_AT);
  batch.writeInt32BE(records.length, COUNT_AT);
  batch.writeUInt32BE(crc32C(batch.subarray(AT.checked)), AT.crc);
  return batch;
};
