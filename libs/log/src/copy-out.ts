import type { Client, Connection, Submittable } from 'pg';
import { EPOCH_MS, MICROSECONDS } from './binary-array.js';
import { HEADER_BYTES } from './binary-copy.js';

const LENGTH_BYTES = 4;
const COUNT_BYTES = 2;
const HIGH = 2 ** 32;

/**
 * One row as binary COPY writes it. Its fields are taken in the order of the statement's columns;
 * null stays null. What is handed out as bytes is only there until the next row.
 */
export class BinaryRow {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Begins with a row; the first one follows the header. Out: false if it is the trailer. */
  begin(bytes: Buffer, isFirst: boolean): boolean {
    this.#bytes = bytes;
    this.#at = isFirst ? HEADER_BYTES : 0;
    const fields = bytes.readInt16BE(this.#at);
    this.#at += COUNT_BYTES;
    return fields >= 0;
  }

  text(): string | null {
    const length = this.#length();
    return length < 0 ? null : this.#bytes.toString('utf8', this.#at, this.#pass(length));
  }

  bytes(): Buffer | null {
    const length = this.#length();
    return length < 0 ? null : this.#bytes.subarray(this.#at, this.#pass(length));
  }

  int4(): number | null {
    return this.#length() < 0 ? null : this.#bytes.readInt32BE(this.#pass(4) - 4);
  }

  /** Exact up to 2^53. */
  int8(): number | null {
    if (this.#length() < 0) return null;
    const end = this.#pass(8);
    return this.#bytes.readInt32BE(end - 8) * HIGH + this.#bytes.readUInt32BE(end - 4);
  }

  /** As RFC 3339 writes it in milliseconds; undefined for a time that it cannot say so. */
  time(): string | null | undefined {
    if (this.#length() < 0) return null;
    const microseconds = this.#bytes.readBigInt64BE(this.#pass(8) - 8);
    if (microseconds % MICROSECONDS !== 0n) return undefined;
    const date = new Date(Number(microseconds / MICROSECONDS) + EPOCH_MS);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
  }

  #length(): number {
    const length = this.#bytes.readInt32BE(this.#at);
    this.#at += LENGTH_BYTES;
    return length;
  }

  #pass(length: number): number {
    this.#at += length;
    return this.#at;
  }
}

/** A query as node-postgres sends one. PostgreSQL sends each row by itself. */
class CopyOut implements Submittable {
  readonly #row = new BinaryRow();
  #isFirst = true;
  #failure: Error | undefined;

  constructor(
    private readonly query: string,
    private readonly take: (row: BinaryRow) => void,
    /** Called once. node-postgres puts its time limit around it. */
    public callback: (error?: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(`copy (${this.query}) to stdout (format binary)`);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#failure) return;
    try {
      if (this.#row.begin(chunk, this.#isFirst)) this.take(this.#row);
      this.#isFirst = false;
    } catch (error) {
      // Thrown here, it would end the process instead of the query.
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete(): void {
    // The answer ends with ReadyForQuery.
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(this.#failure);
  }
}

/**
 * Hands the rows of a query to `take`, one by one as they come: PostgreSQL writes numbers and bytes
 * as they are, not as text, and nothing is kept. Throws what `take` throws, after the last row, and
 * what the connection throws.
 */
export const copyOut = (
  client: Client,
  query: string,
  take: (row: BinaryRow) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(
      new CopyOut(query, take, (error) => {
        if (error) reject(error);
        else resolve();
      }),
    );
  });
