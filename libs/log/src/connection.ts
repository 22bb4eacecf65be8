import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig, DatabaseError, Pool, type QueryResultRow } from 'pg';
import { UnavailableError } from '#kernel';

const CONNECT_MS_MAX = 5_000;
const STATEMENT_MS_MAX = 30_000;
/**
 * Longer than the server's own limit: reached where the network swallows the answers, or where one
 * statement waits behind another.
 */
const ANSWER_MS_MAX = 40_000;
/** A process that stands still within a transaction would keep all others from appending. */
const IDLE_IN_TRANSACTION_MS_MAX = 30_000;
/** A connection that hangs must not hold up the next one. */
const CLOSE_MS_MAX = 1_000;
const READERS_MAX = 4;
const RECONNECT_MS_FIRST = 50;
const RECONNECT_MS_MAX = 1_000;

const settings = (url: string): ClientConfig => ({
  connectionString: url,
  connectionTimeoutMillis: CONNECT_MS_MAX,
  statement_timeout: STATEMENT_MS_MAX,
  query_timeout: ANSWER_MS_MAX,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
  keepAlive: true,
  application_name: 'ledger-log',
});

/** Connections of the log's own for reading: what reads a log may hold one of the pool. */
export const readerPool = (url: string, max = READERS_MAX): Pool => {
  const pool = new Pool({ ...settings(url), max });
  // One lost while idle is replaced at the next read.
  pool.on('error', () => undefined);
  return pool;
};

/** SQLSTATE classes that are about the statement: data, integrity, access or syntax, limits. */
const OF_THE_STATEMENT = new Set(['22', '23', '42', '54']);

/** Whether PostgreSQL refused what was asked; the connection and the server are well. */
export const isRefused = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && OF_THE_STATEMENT.has(error.code?.slice(0, 2) ?? '');

/** Whether a unique key found what was to be added there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  isRefused(error) && error.code === '23505';

/** What is thrown for an error of PostgreSQL's or of the way to it: away, unless it was refused. */
export const refusedOrAway = (error: unknown): unknown =>
  isRefused(error) ? error : new UnavailableError('the database', error);

const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

const connect = async (url: string): Promise<Client> => {
  const client = new Client(settings(url));
  // An error without a listener would end the process; who asks next is told.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** One connection, never made again once it is lost: what it holds, such as a lock, ends with it. */
export class HeldConnection {
  private constructor(private readonly client: Client) {}

  /** Throws UnavailableError if there is none to be had. */
  static async open(url: string): Promise<HeldConnection> {
    try {
      return new HeldConnection(await connect(url));
    } catch (error) {
      throw refusedOrAway(error);
    }
  }

  /** Throws UnavailableError if it is lost. */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    try {
      return (await this.client.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw refusedOrAway(error);
    }
  }

  async close(): Promise<void> {
    const ended = this.client.end().catch(() => undefined);
    await Promise.race([ended, delay(CLOSE_MS_MAX, undefined, { ref: false })]);
  }
}

/**
 * One connection of the log's own, made when it is needed and again after it was lost. Not from
 * the pool: a handler that holds a transaction may append without waiting for itself.
 * While the server cannot be reached the next try waits a moment, and who asks meanwhile is
 * refused at once.
 */
export class Connection {
  readonly #url: string;
  #client: Promise<Client> | undefined;
  #failures = 0;
  #notBefore = 0;
  #isClosed = false;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Runs something with the connection, which nobody else may use meanwhile. What the statement is to
   * blame for is thrown as it is; for anything else the connection is given up, as its
   * state is not known, and UnavailableError says so.
   */
  async use<T>(run: (client: Client) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new UnavailableError('the log');
    const connecting = this.#connection();
    try {
      return await run(await connecting);
    } catch (error) {
      if (isRefused(error)) throw error;
      this.#forget(connecting);
      if (isBug(error) || error instanceof UnavailableError) throw error;
      throw new UnavailableError('the database', error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connecting = this.#client;
    this.#client = undefined;
    await connecting?.then((client) => client.end()).catch(() => undefined);
  }

  #connection(): Promise<Client> {
    if (this.#client) return this.#client;
    if (performance.now() < this.#notBefore)
      return Promise.reject(new UnavailableError('the database'));
    const connecting = this.#connect();
    this.#client = connecting;
    // Lost while nothing is asked: the next use makes another.
    void connecting.then(
      (client) => client.on('error', () => this.#forget(connecting)),
      () => this.#forget(connecting),
    );
    return connecting;
  }

  /** Does not wait for the end: a connection that hangs would hold up the next one. */
  #forget(connecting: Promise<Client>): void {
    if (this.#client === connecting) this.#client = undefined;
    void connecting.then((client) => client.end()).catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    try {
      const client = await connect(this.#url);
      this.#failures = 0;
      return client;
    } catch (error) {
      const wait = Math.min(RECONNECT_MS_FIRST * 2 ** this.#failures, RECONNECT_MS_MAX);
      this.#failures += 1;
      this.#notBefore = performance.now() + wait;
      throw error;
    }
  }
}
