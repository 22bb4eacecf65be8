import type { Client, Connection, Submittable } from 'pg';

/** Rows of a table in the binary format of COPY. */
export interface Copy {
  /** The table and its columns. */
  readonly into: string;
  readonly rows: Buffer;
}

const DATA = 'd'.charCodeAt(0);
const LENGTH_BYTES = 4;
const DONE = Buffer.from([0x63, 0, 0, 0, LENGTH_BYTES]);

/** What precedes the rows on the wire. */
const dataHeader = (rows: Buffer): Buffer => {
  const header = Buffer.allocUnsafe(1 + LENGTH_BYTES);
  header.writeUInt8(DATA, 0);
  header.writeInt32BE(LENGTH_BYTES + rows.length, 1);
  return header;
};

/**
 * A query as node-postgres sends one. The rows follow at once, as PostgreSQL reads them when it
 * comes to their statement; after an error it passes over what is left.
 */
class CopyIn implements Submittable {
  constructor(
    private readonly copies: readonly Copy[],
    private readonly then: string | undefined,
    /** Called once. node-postgres puts its time limit around it. */
    public callback: (error?: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    const { stream } = connection;
    stream.cork();
    const statements = this.copies.map(({ into }) => `copy ${into} from stdin (format binary)`);
    connection.query([...statements, ...(this.then === undefined ? [] : [this.then])].join(';'));
    for (const { rows } of this.copies) {
      stream.write(dataHeader(rows));
      stream.write(rows);
      stream.write(DONE);
    }
    stream.uncork();
  }

  handleCopyInResponse(): void {
    // The rows are on their way.
  }

  handleCommandComplete(): void {
    // There may be another table.
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }
}

/**
 * Copies rows into tables, one after the other, in one round trip; within the transaction that is
 * open, if one is. `then` is a statement without an answer that follows them, such as `commit`.
 * Throws what the connection throws.
 */
export const copyIn = (client: Client, copies: readonly Copy[], then?: string): Promise<void> =>
  copies.length === 0
    ? Promise.resolve()
    : new Promise((resolve, reject) => {
        client.query(
          new CopyIn(copies, then, (error) => {
            if (error) reject(error);
            else resolve();
          }),
        );
      });
