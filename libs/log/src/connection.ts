import pg from 'pg';
import { UnavailableError } from '#kernel';

export const CONNECT_MS_MAX = 5_000;
const STATEMENT_MS_MAX = 30_000;

/**
 * One connection of the log's own, made when it is needed and again after it was lost. Not from
 * the pool: a handler that holds a transaction may append without waiting for itself.
 */
export class Connection {
  readonly #url: string;
  #client: Promise<pg.Client> | undefined;
  #isClosed = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** Runs something with the connection. What the connection cannot do throws UnavailableError. */
  async use<T>(run: (client: pg.Client) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new UnavailableError('the log');
    let client: pg.Client;
    try {
      client = await (this.#client ??= this.#connect());
    } catch (error) {
      this.#client = undefined;
      throw new UnavailableError('the database', error);
    }
    return run(client);
  }

  /** Forgets a connection whose state is not known; the next use makes another. */
  async drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then((lost) => lost.end()).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.drop();
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      statement_timeout: STATEMENT_MS_MAX,
      application_name: 'ledger-log',
    });
    // A connection lost while idle is met at its next use.
    client.on('error', () => {
      this.#client = undefined;
    });
    await client.connect();
    return client;
  }
}
