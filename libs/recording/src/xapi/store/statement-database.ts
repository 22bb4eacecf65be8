import { Injectable } from '@nestjs/common';
import type { Pool, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { type Background, BackgroundTask, readerPool } from '#log';

const CONNECTIONS_MAX = 8;
/** Apart from those: a search may take long, and what has an id is not to wait for it. */
const SEARCHES_MAX = 8;

/** Where connections of their own lead to: to where those of the pool do. */
export const databaseUrl = ({ options }: DataSource): string =>
  String((options as { readonly url?: string }).url);

/** Connections for reading statements. */
@Injectable()
@BackgroundTask()
export class StatementDatabase implements Background {
  readonly #pool: Pool;
  readonly #searches: Pool;
  readonly #names = new Map<string, string>();

  constructor(db: DataSource) {
    const url = databaseUrl(db);
    this.#pool = readerPool(url, CONNECTIONS_MAX);
    this.#searches = readerPool(url, SEARCHES_MAX);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.#searches.end();
    await this.#pool.end();
  }

  /** What is always asked alike: prepared once, as planning it takes longer than what it does. */
  async prepared<R extends object>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly R[]> {
    const name = this.#names.get(text) ?? `xapi-${this.#names.size}`;
    this.#names.set(text, name);
    const { rows } = await this.#pool.query<R & QueryResultRow>({
      name,
      text,
      values: [...values],
    });
    return rows;
  }

  /** What is best done this way or that, depending on the values: planned each time. */
  async planned<R extends object>(text: string, values: readonly unknown[]): Promise<readonly R[]> {
    const { rows } = await this.#searches.query<R & QueryResultRow>(text, [...values]);
    return rows;
  }
}
