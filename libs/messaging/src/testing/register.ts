import type { DataSource } from 'typeorm';
import { problemOf, type Receipt } from '#contracts';
import type { Admitted, Intake, IntakeAnswer, IntakeMessage } from '#log';

/**
 * An intake that writes down each name it is told, once, as the recorder does with events. What it
 * is told again it answers as a duplicate; `no…` it refuses.
 */
export class Register implements Intake {
  readonly name = 'intake';
  /** Every name that it was asked to take in, also again. */
  readonly asked: string[] = [];
  /** Called before anything is written; throws what an intake may throw. */
  before: (batch: readonly string[]) => void | Promise<void> = () => undefined;

  constructor(
    private readonly db: DataSource,
    public known: readonly string[],
  ) {}

  static async prepare(db: DataSource): Promise<void> {
    await db.query('create table if not exists register (name text primary key, client text)');
  }

  clients(): Promise<readonly string[]> {
    return Promise.resolve(this.known);
  }

  /** Lets all in, unless a test says otherwise. */
  admits: (client: string, messages: number) => Admitted = (_, messages) => ({
    messages,
    waitMs: 0,
  });

  admit(client: string, messages: number): Promise<Admitted> {
    return Promise.resolve(this.admits(client, messages));
  }

  async take(client: string, batch: readonly IntakeMessage[]): Promise<readonly IntakeAnswer[]> {
    const names = batch.map(({ value }) => Buffer.from(value ?? []).toString());
    await this.before(names);
    this.asked.push(...names);
    const accepted = names.filter((name) => !name.startsWith('no'));
    const rows = await this.db.query<{ name: string }[]>(
      `insert into register (name, client) select *, $2 from unnest($1::text[])
       on conflict do nothing returning name`,
      [[...new Set(accepted)], client],
    );
    const fresh = new Set(rows.map(({ name }) => name));
    return names.map((name) => ({
      id: name,
      result: name.startsWith('no')
        ? problemOf('invalid-input', 'No.')
        : receipt(name, fresh.delete(name)),
    }));
  }

  async names(): Promise<readonly string[]> {
    const rows = await this.db.query<{ name: string }[]>('select name from register');
    return rows.map(({ name }) => name).toSorted();
  }
}

const receipt = (name: string, isFresh: boolean): Receipt => ({
  eventId: name,
  log: 'test',
  seq: 0,
  leafHash: '',
  status: isFresh ? 'recorded' : 'duplicate',
});
