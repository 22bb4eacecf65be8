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

/**
 * People who are one person: whom each was merged into, and the root of that, whom they all go by
 * (null for themselves). Account names that are given to another person: from when a name leads to
 * which alias, and the same on the alias.
 */
class AddMergesAndHandovers1764200002000 implements MigrationInterface {
  readonly name = 'AddMergesAndHandovers1764200002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table vault.person add column merged_into text, add column root text,
        add column merge_version int not null default 0;
      create index person_root on vault.person (root) where root is not null;
      create index person_merged_into on vault.person (merged_into)
        where merged_into is not null;
      alter table vault.alias add column held_from timestamptz, add column held_until timestamptz;
      alter table vault.account add column since timestamptz not null default '-infinity';
      alter table vault.account drop constraint account_pkey;
      alter table vault.account add primary key (mac, since);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from vault.account where since <> '-infinity';
      alter table vault.account drop constraint account_pkey;
      alter table vault.account add primary key (mac);
      alter table vault.account drop column since;
      alter table vault.alias drop column held_from, drop column held_until;
      drop index vault.person_merged_into;
      drop index vault.person_root;
      alter table vault.person drop column merged_into, drop column root,
        drop column merge_version;
    `);
  }
}

export const vaultMigrations = [
  CreateVault1764000000000,
  AddLinkVersion1764100000000,
  AddMergesAndHandovers1764200002000,
];
