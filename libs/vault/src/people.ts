import type { DataSource } from 'typeorm';

/** The person that $1 goes by. */
const ROOT = 'select coalesce(root, id) as id from vault.person where id = $1';

/**
 * People who were merged. Each keeps what is theirs; `root` says whom they go by, and is found
 * anew for everybody below whenever one of them is merged or split. Older decisions change nothing,
 * so the order in which they are heard of does not matter.
 */
export class People {
  readonly #db: DataSource;

  constructor(db: DataSource) {
    this.#db = db;
  }

  /** See Vault.merge and Vault.split; `into` is undefined for a split. */
  async decide(person: string, into: string | undefined, version: number): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('vault.person.root'))`);
      const [rows] = await tx.query<[unknown[], number]>(
        `update vault.person set merged_into = $2, merge_version = $3
         where id = $1 and merge_version < $3 returning id`,
        [person, into ?? null, version],
      );
      if (rows.length === 0) return;
      // Decisions that are heard of in another order may go round in a circle for a moment.
      await tx.query(
        `with recursive below (id) as (
           select $1::text
           union
           select p.id from vault.person p join below on p.merged_into = below.id
         ), top as (
           select coalesce(
             (select coalesce(root, id) from vault.person where id = $2), $2, $1) as id
         )
         update vault.person p set root = nullif(top.id, p.id)
         from below, top where p.id = below.id`,
        [person, into ?? null],
      );
    });
  }

  async samePerson(person: string): Promise<readonly string[]> {
    const rows = await this.#db.query<{ id: string }[]>(
      `with me as (${ROOT})
       select id from me
       union all
       (select p.id from vault.person p join me on p.root = me.id order by p.id)`,
      [person],
    );
    return rows.map(({ id }) => id);
  }

  async aliasesOf(person: string): Promise<readonly string[]> {
    const rows = await this.#db.query<{ alias: string }[]>(
      `with me as (${ROOT})
       select a.alias from vault.alias a
       where a.person = any(array(
           select id from me union all select p.id from vault.person p join me on p.root = me.id))
         and a.wrapped_key is not null
       order by a.alias = (select home_alias from vault.person join me using (id)) desc, a.alias`,
      [person],
    );
    return rows.map(({ alias }) => alias);
  }

  async personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    const rows = await this.#db.query<{ alias: string; person: string }[]>(
      `select a.alias, coalesce(p.root, a.person) as person
       from vault.alias a left join vault.person p on p.id = a.person
       where a.alias = any($1) and a.person is not null and a.wrapped_key is not null`,
      [aliases],
    );
    const persons = new Map(rows.map(({ alias, person }) => [alias, person]));
    return aliases.map((alias) => persons.get(alias));
  }
}
