import { createRequire } from 'node:module';

/** What is patched of kafkajs' Encoder: it writes into `buf`, at `offset`. */
interface Encoder {
  buf: Buffer;
  offset: number;
  readonly buffer: Buffer;
  /** Ours: what comes before that, in order, as long as nobody asks for all of it at once. */
  before?: Buffer[];
}

const POWER = 2;
/** What is shorter is copied: a buffer of its own costs more. */
const LARGE = 16 * 1024;
const ROOM = 512;

/** Grows without filling with zeros what is overwritten at once. */
const ensureAvailable = function (this: Encoder, length: number): void {
  const needed = this.offset + length;
  if (needed <= this.buf.length) return;
  const grown = Buffer.allocUnsafeSlow(POWER ** Math.ceil(Math.log2(needed + 1)));
  this.buf.copy(grown, 0, 0, this.offset);
  this.buf = grown;
};

/** Keeps what is large as it is: a request is made of five encoders, each within another. */
const writeBufferInternal = function (this: Encoder, bytes: Buffer): void {
  if (bytes.length < LARGE) {
    ensureAvailable.call(this, bytes.length);
    this.offset += bytes.copy(this.buf, this.offset);
    return;
  }
  (this.before ??= []).push(this.buf.subarray(0, this.offset), bytes);
  this.buf = Buffer.allocUnsafe(ROOM);
  this.offset = 0;
};

/** In: an encoder of kafkajs, or what stands for one and has its bytes in `buffer`. */
const writeEncoder = function (this: Encoder, part: Encoder): Encoder {
  for (const bytes of part.before ?? []) writeBufferInternal.call(this, bytes);
  writeBufferInternal.call(this, part.before ? rest(part) : part.buffer);
  return this;
};

const writeEncoderArray = function (this: Encoder, parts: readonly Encoder[]): Encoder {
  for (const part of parts) writeEncoder.call(this, part);
  return this;
};

const rest = ({ buf, offset }: Encoder): Buffer => buf.subarray(0, offset);

/** All of it, in one buffer; put together once. */
const buffer = function (this: Encoder): Buffer {
  if (this.before) {
    this.buf = Buffer.concat([...this.before, rest(this)]);
    this.offset = this.buf.length;
    delete this.before;
  }
  return rest(this);
};

const size = function (this: Encoder): number {
  return (this.before ?? []).reduce((sum, { length }) => sum + length, this.offset);
};

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/protocol/encoder.js') as { readonly prototype: object };
Object.assign(prototype, {
  ensureAvailable,
  writeBufferInternal,
  writeEncoder,
  writeEncoderArray,
  size,
});
Object.defineProperty(prototype, 'buffer', { get: buffer });
