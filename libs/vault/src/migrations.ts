import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateVault1764000000000 implements MigrationInterface {
  readonly name = 'CreateVault1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists vault;
      create table vault.person (id text primary key, home_alias text, profile bytea);
      -- wrapped_key is null once the person was erased: what was sealed under it is gone.
      create table vault.alias (
        alias text primary key, provider text not null, person text,
        wrapped_key bytea, destroyed_at timestamptz
      );
      create index alias_person on vault.alias (person) where person is not null;
      -- An account is known by its HMAC only.
      create table vault.account (mac bytea primary key, alias text not null);
      create index account_alias on vault.account (alias);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema vault cascade');
  }
}

/** Which decision about an alias was carried out last, so that an older one cannot undo it. */
class AddLinkVersion1764100000000 implements MigrationInterface {
  readonly name = 'AddLinkVersion1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table vault.alias add column link_version int not null default 0');
    await runner.query('create index person_home_alias on vault.person (home_alias)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index vault.person_home_alias');
    await runner.query('alter table vault.alias drop column link_version');
  }
}

export const vaultMigrations = [CreateVault1764000000000, AddLinkVersion1764100000000];
