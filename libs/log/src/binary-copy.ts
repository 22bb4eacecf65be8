/**
 * PostgreSQL's binary COPY format: a header, then for each row a count of fields and each field
 * with its length, then a trailer. Three to six times cheaper than array parameters.
 */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const NULL = -1;
const END_OF_ROWS = -1;
/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const MICROSECONDS = 1_000n;
const FIRST_BYTES = 65_536;

/** Writes rows into one buffer for `copy … from stdin (format binary)`. */
export class BinaryRows {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = HEADER.copy(this.#buffer);
  #open = 0;

  /** Begins a row of as many fields; they follow in the order of the statement's columns. */
  row(fields: number): this {
    this.#expectClosed();
    this.#open = fields;
    this.#at = this.#room(2).writeInt16BE(fields, this.#at);
    return this;
  }

  text(value: string | undefined): this {
    if (value === undefined) return this.#null();
    const length = Buffer.byteLength(value);
    this.#field(length);
    this.#at += this.#buffer.write(value, this.#at, length);
    return this;
  }

  bytes(value: Uint8Array | undefined): this {
    if (value === undefined) return this.#null();
    this.#field(value.length).set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  /** Throws RangeError unless it is a whole number. */
  int8(value: number): this {
    const whole = BigInt(value);
    this.#at = this.#field(8).writeBigInt64BE(whole, this.#at);
    return this;
  }

  int4(value: number | undefined): this {
    if (value === undefined) return this.#null();
    this.#at = this.#field(4).writeInt32BE(value, this.#at);
    return this;
  }

  timestamptz(value: Date): this {
    const microseconds = BigInt(value.getTime() - EPOCH_MS) * MICROSECONDS;
    this.#at = this.#field(8).writeBigInt64BE(microseconds, this.#at);
    return this;
  }

  /** The rows, with the trailer. */
  end(): Buffer {
    this.#expectClosed();
    this.#at = this.#room(2).writeInt16BE(END_OF_ROWS, this.#at);
    return this.#buffer.subarray(0, this.#at);
  }

  #null(): this {
    this.#count();
    this.#at = this.#room(4).writeInt32BE(NULL, this.#at);
    return this;
  }

  #field(length: number): Buffer {
    this.#count();
    this.#at = this.#room(4 + length).writeInt32BE(length, this.#at);
    return this.#buffer;
  }

  #count(): void {
    if (this.#open === 0) throw new Error('the row has more fields than it said');
    this.#open -= 1;
  }

  #expectClosed(): void {
    if (this.#open > 0) throw new Error('the row has fewer fields than it said');
  }

  #room(bytes: number): Buffer {
    if (this.#at + bytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#at + bytes));
      this.#buffer.copy(larger, 0, 0, this.#at);
      this.#buffer = larger;
    }
    return this.#buffer;
  }
}
