import { Injectable } from '@nestjs/common';
import type { Pool, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { type Background, BackgroundTask, readerPool } from '#log';

const CONNECTIONS_MAX = 8;

/**
 * Connections for reading statements, on which each query is prepared once: planning one takes
 * longer than what it does. There are as many queries as ways to combine filters, which is few.
 */
@Injectable()
@BackgroundTask()
export class StatementDatabase implements Background {
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();

  constructor(db: DataSource) {
    this.#pool = readerPool(String((db.options as { url?: string }).url), CONNECTIONS_MAX);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.#pool.end();
  }

  async query<R extends object>(text: string, values: readonly unknown[]): Promise<readonly R[]> {
    const name = this.#names.get(text) ?? `xapi-${this.#names.size}`;
    this.#names.set(text, name);
    const { rows } = await this.#pool.query<R & QueryResultRow>({
      name,
      text,
      values: [...values],
    });
    return rows;
  }
}
