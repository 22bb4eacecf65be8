/** Of the types that elements have; the same in every PostgreSQL. */
const OIDS = { bytea: 17, int8: 20, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const DIMENSIONS = 1;
const MAY_HOLD_NULL = 1;
const FIRST_INDEX = 1;
const NULL = -1;
/** PostgreSQL counts microseconds from 2000-01-01. */
export const EPOCH_MS = Date.UTC(2000, 0, 1);
/** Of a millisecond. */
export const MICROSECONDS = 1_000n;

/**
 * An array in PostgreSQL's binary format, as a parameter of a statement: node-postgres would write
 * bytes and times as text, which PostgreSQL would have to read. In: what makes an element of each
 * item, in the element's own binary format; undefined for NULL.
 */
export const binaryArray = <T>(
  type: keyof typeof OIDS,
  items: readonly T[],
  elementOf: (item: T) => Uint8Array | undefined,
): Buffer => {
  const elements = items.map(elementOf);
  let length = HEADER_BYTES;
  for (const element of elements) length += LENGTH_BYTES + (element?.length ?? 0);
  const array = Buffer.allocUnsafe(length);
  let at = array.writeInt32BE(DIMENSIONS, 0);
  at = array.writeInt32BE(MAY_HOLD_NULL, at);
  at = array.writeInt32BE(OIDS[type], at);
  at = array.writeInt32BE(elements.length, at);
  at = array.writeInt32BE(FIRST_INDEX, at);
  for (const element of elements) {
    at = array.writeInt32BE(element ? element.length : NULL, at);
    if (!element) continue;
    array.set(element, at);
    at += element.length;
  }
  return array;
};

export const int8 = (value: number | bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

export const int4 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const text = (value: string | undefined): Buffer | undefined =>
  value === undefined ? undefined : Buffer.from(value);

export const timestamptz = (time: Date): Buffer =>
  int8(BigInt(time.getTime() - EPOCH_MS) * MICROSECONDS);

/** Texts as a parameter of a statement; node-postgres would look at each of their characters. */
export const textArray = <T>(
  items: readonly T[],
  textOf: (item: T) => string | undefined,
): Buffer => binaryArray('text', items, (item) => text(textOf(item)));

/** Of a text with one byte a character. */
export const latin1 = (value: string | undefined): Buffer | undefined =>
  value === undefined ? undefined : Buffer.from(value, 'latin1');
