import { Client, type DatabaseError, escapeIdentifier } from 'pg';

/** Only has to be ours; within the database `postgres`. */
const LEASE_LOCK = 7_310_441;
const CONNECT_MS = 5_000;
/** A new database is the slowest. */
const QUERY_MS = 30_000;

/**
 * One process' interest in the server: a connection that holds a shared advisory lock. PostgreSQL
 * forgets it when the process dies, however it dies, so the last one to leave can tell.
 */
export class Lease {
  readonly #client: Client;
  #isReleased = false;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Throws if the server does not answer, or is another than the one on this data. */
  static async take(url: string, pgdata: string, onLost: () => void): Promise<Lease> {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
    });
    client.on('error', () => undefined);
    await client.connect();
    const lease = new Lease(client);
    client.once('end', () => {
      if (!lease.#isReleased) onLost();
    });
    try {
      const { rows } = await client.query<{ data: string }>(
        `select current_setting('data_directory') as data from pg_advisory_lock_shared($1)`,
        [LEASE_LOCK],
      );
      if (rows[0]?.data !== pgdata) throw new Error('another server answers at this address');
    } catch (error) {
      await lease.end();
      throw error;
    }
    // The lease alone keeps no process running.
    lease.#keepsRunning(false);
    return lease;
  }

  async createDatabase(name: string): Promise<void> {
    const known = await this.#client.query('select from pg_database where datname = $1', [name]);
    if (known.rowCount !== 0) return;
    try {
      await this.#client.query(`create database ${escapeIdentifier(name)}`);
    } catch (error) {
      const { code } = error as DatabaseError;
      // Two processes at once: duplicate_database, or unique_violation in the catalogue.
      if (code !== '42P04' && code !== '23505') throw error;
    }
  }

  /** True if nobody else holds one: then nobody can take one until the server has stopped. */
  async isLast(): Promise<boolean> {
    this.#isReleased = true;
    // Where nothing else does: who stops must live to hear that it has left.
    this.#keepsRunning(true);
    try {
      await this.#client.query('select pg_advisory_unlock_shared($1)', [LEASE_LOCK]);
      const { rows } = await this.#client.query<{ alone: boolean }>(
        'select pg_try_advisory_lock($1) as alone',
        [LEASE_LOCK],
      );
      return rows[0]?.alone === true;
    } catch {
      // It has gone, or is going: nobody can be on it.
      return true;
    }
  }

  async end(): Promise<void> {
    this.#isReleased = true;
    await this.#client.end().catch(() => undefined);
  }

  #keepsRunning(does: boolean): void {
    // Both are in pg's documentation, and not in its types.
    const client = this.#client as Client & { ref(): void; unref(): void };
    if (does) client.ref();
    else client.unref();
  }
}
