import type { DataSource } from 'typeorm';
import type { Message, Topic } from '#contracts';
import type { Projection, Transaction } from '#log';

/** What a Tally has counted: every message must be there once, in the order of its learner. */
export interface Counted {
  readonly log: string;
  readonly seq: number;
  readonly alias: string;
}

/**
 * A projection that would show every fault: it has no key that forgives, so a message taken in
 * twice is two rows, and one skipped is none.
 */
export class Tally implements Projection {
  readonly tables: readonly string[];
  /** Called before anything is written; throws what a handler may throw. */
  before: (batch: readonly Message[]) => void | Promise<void> = () => undefined;
  /** Called after everything is written, before the commit. */
  after: (batch: readonly Message[]) => void | Promise<void> = () => undefined;

  constructor(
    readonly name: string,
    readonly topics: readonly Topic[] = ['learning-events.v1'],
  ) {
    this.tables = [`tally.${name}`];
  }

  static async prepare(db: DataSource, ...names: readonly string[]): Promise<void> {
    await db.query('create schema if not exists tally');
    for (const name of names)
      await db.query(
        `create table tally.${name} (n bigint generated always as identity,
           log text not null, seq bigint not null, alias text)`,
      );
  }

  async handle(batch: readonly Message[], transaction: Transaction): Promise<void> {
    await this.before(batch);
    await transaction.query(
      `insert into tally.${this.name} (log, seq, alias)
       select * from unnest($1::text[], $2::bigint[], $3::text[])`,
      [
        batch.map(({ log }) => log),
        batch.map(({ seq }) => seq),
        batch.map(({ alias }) => alias ?? null),
      ],
    );
    await this.after(batch);
  }

  async counted(db: DataSource): Promise<readonly Counted[]> {
    const rows = await db.query<{ log: string; seq: string; alias: string }[]>(
      `select log, seq, alias from tally.${this.name} order by n`,
    );
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  }

  async seqs(db: DataSource): Promise<readonly number[]> {
    return (await this.counted(db)).map(({ seq }) => seq);
  }
}
