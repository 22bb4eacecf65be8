/**
 * PostgreSQL's binary COPY format: a header, then for each row a count of fields and each field
 * with its length, then a trailer. Three to six times cheaper than array parameters.
 */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.of(0xff, 0xff);
const NULL = Buffer.of(0xff, 0xff, 0xff, 0xff);
/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_MS = BigInt(Date.UTC(2000, 0, 1));

export type Field = Buffer | undefined;

export const text = (value: string | undefined): Field =>
  value === undefined ? undefined : Buffer.from(value);

export const int8 = (value: number): Field => {
  const field = Buffer.alloc(8);
  field.writeBigInt64BE(BigInt(value));
  return field;
};

export const int4 = (value: number | undefined): Field => {
  if (value === undefined) return undefined;
  const field = Buffer.alloc(4);
  field.writeInt32BE(value);
  return field;
};

export const timestamptz = (value: Date): Field => {
  const field = Buffer.alloc(8);
  field.writeBigInt64BE((BigInt(value.getTime()) - EPOCH_MS) * 1000n);
  return field;
};

/** Rows as one buffer for `copy … from stdin (format binary)`. */
export const encodeRows = (rows: readonly (readonly Field[])[]): Buffer => {
  const parts: Buffer[] = [HEADER];
  for (const row of rows) {
    const count = Buffer.alloc(2);
    count.writeInt16BE(row.length);
    parts.push(count);
    for (const field of row) {
      if (field === undefined) {
        parts.push(NULL);
        continue;
      }
      const length = Buffer.alloc(4);
      length.writeInt32BE(field.length);
      parts.push(length, field);
    }
  }
  parts.push(TRAILER);
  return Buffer.concat(parts);
};
